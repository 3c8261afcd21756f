#pragma once

#include "keras/engine/graph/graph.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/ops/nn/pool.h"

namespace keras::backend::cpu {

/// x → (y, which element of its window each maximum was, as uint8). For windows that do not
/// overlap.
extern const engine::Op max_pool_choice_op;
/// (choices, dy) → dx. `size` is x's.
extern const engine::Op max_pool_spread_op;

extern const engine::Kernel simd_max_pool_choice;
extern const engine::Kernel simd_max_pool_spread;

/// The pass: a maximum pooling keeps its choices for its gradient, which then needs no x: a byte
/// for each window instead of all that it looked at.
engine::Graph keep_pool_choices(engine::Graph graph);

}  // namespace keras::backend::cpu
