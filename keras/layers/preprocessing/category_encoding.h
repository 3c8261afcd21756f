#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct CategoryEncodingOptions {
  /// "multi_hot" (or "binary") and "count": all class numbers along the second axis (of a vector,
  /// the first) as one vector. "one_hot": each as a vector.
  std::string output_mode = "multi_hot";
  bool sparse = false;  ///< must be false: there are no sparse tensors
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Class numbers as vectors of `num_tokens` elements; numbers outside [0, num_tokens) count
/// nowhere. Keras: keras.layers.CategoryEncoding.
class CategoryEncoding : public Layer {
 public:
  /// Throws ValueError unless `num_tokens` is positive, and for an unknown `output_mode`.
  explicit CategoryEncoding(int num_tokens, CategoryEncodingOptions options = {});
  static CategoryEncoding from_config(const Config& config);

  using Layer::operator();
  /// With a weight for each class number, whose sums "count" gives. Throws ValueError in other
  /// modes.
  Tensor operator()(const Tensor& inputs, const Tensor& count_weights) const;
};

}  // namespace keras::layers
