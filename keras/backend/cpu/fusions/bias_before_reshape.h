#pragma once

#include "keras/engine/graph/graph.h"

namespace keras::backend::cpu {

/// The pass: `reshape(product) + bias` becomes `reshape(product + bias)` where the bias is one
/// value for each column of the product, as in projections to several heads, so that the product
/// can take it along.
engine::Graph bias_before_reshape(engine::Graph graph);

}  // namespace keras::backend::cpu
