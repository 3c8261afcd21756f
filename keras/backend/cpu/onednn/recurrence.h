#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Recurrences over a whole sequence: each thread takes some rows of the batch through all steps, a
/// product and one loop over the gates a step. float32, and bfloat16 where `has_brain_products`:
/// the products and what lies in memory are rounded then, sums, gates and the carry are not.
extern const engine::Kernel onednn_recurrence;
extern const engine::Kernel onednn_recurrence_gradient;

/// True when the processor has instructions for products of bfloat16 numbers.
bool has_brain_products();

}  // namespace keras::backend::cpu
