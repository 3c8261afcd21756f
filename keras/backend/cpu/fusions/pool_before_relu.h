#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: where a step pools rectified values and takes the gradient of both, it pools first and
/// rectifies what is left, a quarter of the work on 2×2 windows: max(relu(x)) = relu(max(x)), and a
/// maximum that is not positive passes no gradient either way. The sum of a pooling's gradient over
/// the images, a bias's gradient, is taken from the smaller tensor that the pooling spread.
engine::Graph pool_before_relu(engine::Graph graph);

}  // namespace keras::backend::cpu
