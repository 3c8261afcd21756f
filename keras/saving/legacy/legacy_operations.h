#pragma once

#include "keras/utils/config.h"

namespace keras::saving::legacy {

/// Rewrites a TFOpLambda or SlicingOpLambda entry of a graph (a TensorFlow function called on
/// symbolic tensors) as the keras.ops function that does the same; leaves any other entry alone.
/// Throws ValueError naming a function that has no counterpart.
void modernize_operation(Config& entry);

}  // namespace keras::saving::legacy
