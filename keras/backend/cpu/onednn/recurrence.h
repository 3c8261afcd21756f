#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Recurrences over a whole sequence, float32: each thread takes some rows of the batch through all
/// steps, a product and one loop over the gates a step.
extern const engine::Kernel onednn_recurrence;
extern const engine::Kernel onednn_recurrence_gradient;

}  // namespace keras::backend::cpu
