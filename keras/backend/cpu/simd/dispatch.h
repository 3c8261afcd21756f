#pragma once

#include <vector>

#include "keras/backend/cpu/simd/kernel_table.h"

namespace keras::backend::cpu::simd {

/// The loops for the best instruction set that this machine has, or the one that
/// `KERAS_SIMD_TARGET` names ("baseline", "avx2", "avx512") if the machine has it; chosen once.
const KernelTable& kernels();

/// All that this machine can run, best last.
const std::vector<const KernelTable*>& available_kernels();

}  // namespace keras::backend::cpu::simd
