#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: variables that feed convolutions lie in memory as oneDNN wants them, and with them the
/// gradients and the optimizer's slots, wherever all work on these goes element by element;
/// variables that are only read and feed matmuls and recurrences do, too, and so does what is made
/// of weights alone for one use.
engine::Graph lay_out_weights(engine::Graph graph);

}  // namespace keras::backend::cpu
