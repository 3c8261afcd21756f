#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Kernels that move elements and allocate nothing: of ops::take_op, ops::scatter_add_op (floats of
/// 32 and 64 bits), ops::concatenate_op, and ops::pad_op where it only adds elements at the ends.
extern const engine::Kernel memory_take;
extern const engine::Kernel memory_scatter_add;
extern const engine::Kernel memory_concatenate;
extern const engine::Kernel memory_pad;

}  // namespace keras::backend::cpu
