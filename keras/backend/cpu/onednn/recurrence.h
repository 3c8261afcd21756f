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

}  // namespace keras::backend::cpu
