#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Recurrences over a whole sequence: each thread takes some rows of the batch through all steps, a
/// product and one loop over the gates a step. float32, and bfloat16 where `has_brain_products`:
/// the products and what lies in memory are rounded then, sums, gates and the carry are not.
extern const engine::Kernel onednn_recurrence;
extern const engine::Kernel onednn_recurrence_gradient;

/// The layout in which a call of ops::recurrence_op wants its kernel, the second input, where that
/// stays the same from run to run; null for row-major.
engine::LayoutPtr recurrence_kernel_layout(const engine::KernelCall& call);

/// True when the processor has instructions for products of bfloat16 numbers.
bool has_brain_products();
/// True when it has such for whole tiles (AMX), many times faster than those for vectors.
bool has_brain_tiles();

}  // namespace keras::backend::cpu
