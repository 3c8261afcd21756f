#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: convolutions pad what they read themselves. Zeros that were put around a convolution's
/// input beforehand become its own padding, in its gradients too, and the copies go away.
engine::Graph fold_padding(engine::Graph graph);

}  // namespace keras::backend::cpu
