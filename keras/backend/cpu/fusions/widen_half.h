#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: recurrences, normalizations, poolings and softmax of 16-bit numbers are computed in
/// float32, for which there are fast kernels; casts around them join the element-wise work there.
/// What only such operations read of each other is not rounded in between.
engine::Graph widen_half(engine::Graph graph);

}  // namespace keras::backend::cpu
