#pragma once

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::layers {

/// A tensor from numbers in nested lists, or from a NumPy array as Keras serializes it; undefined
/// for null. Throws ValueError for lists of different lengths.
Tensor tensor_from_nested(const Config& config);
/// The same back; null for an undefined tensor.
Config tensor_to_nested(const Tensor& tensor);

}  // namespace keras::layers
