#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: where weights stay the same, the factor of each column that follows on a float32
/// product (batch normalization, when it predicts) goes into the weights, and what is added before
/// and after it becomes one bias: x W s + t instead of (x W + b) s + t. Sums of few products gain
/// by it, and kernels that Winograd's algorithm transforms; the weights of sums of many would only
/// be copied once more.
engine::Graph fold_batch_norm(engine::Graph graph);

}  // namespace keras::backend::cpu
