#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Kernels that are programs of the element-wise loops: single element-wise operations, fused ones,
/// reductions, and copies with other strides (transpose, broadcast, slice, flip).
extern const engine::Kernel simd_elementwise;
extern const engine::Kernel simd_fused_elementwise;
extern const engine::Kernel simd_reduce;
extern const engine::Kernel simd_copy;

}  // namespace keras::backend::cpu
