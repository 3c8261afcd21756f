#pragma once

#include <vector>

#include "keras/backend/cpu/simd/kernel_table.h"

namespace keras::backend::cpu::simd {

/// The loops for `instruction_set()`.
const KernelTable& kernels();

/// Those up to `instruction_set()`, widest last.
const std::vector<const KernelTable*>& available_kernels();

}  // namespace keras::backend::cpu::simd
