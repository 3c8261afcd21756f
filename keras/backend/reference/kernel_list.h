#pragma once

#include <vector>

#include "keras/engine/runtime/kernel.h"

namespace keras::reference {

/// The reference kernels of all primitives.
std::vector<engine::KernelRow> kernel_rows();

}  // namespace keras::reference
