#pragma once

#include <cstdint>
#include <optional>

#include "keras/engine/tensor/tensor.h"

namespace keras::utils {

/// Further arguments of to_categorical.
struct ToCategoricalOptions {
  /// The greatest class number and one more where not given.
  std::optional<std::int64_t> num_classes = {};
};
/// Class numbers as float32 rows with a 1 at the class: (…) and (…, 1) give (…, num_classes).
/// Throws ValueError for a number that is not in [0, num_classes). Keras:
/// keras.utils.to_categorical.
Tensor to_categorical(const Tensor& x, ToCategoricalOptions options = {});

/// Further arguments of normalize.
struct NormalizeOptions {
  int axis = -1;
  int order = 2;  ///< 1 for sums of absolute values, 2 for Euclidean length
};
/// x divided by its norm along an axis; what is all zeros stays so. Keras: keras.utils.normalize.
Tensor normalize(const Tensor& x, NormalizeOptions options = {});

}  // namespace keras::utils
