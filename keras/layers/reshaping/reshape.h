#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct ReshapeOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// (batch, …) → (batch, target_shape…). Keras: keras.layers.Reshape.
class Reshape : public Layer {
 public:
  /// One dimension may be -1: what is left. Throws ValueError for several, or a smaller one; a call
  /// does when the number of elements would change.
  explicit Reshape(const Shape& target_shape, ReshapeOptions options = {});
  static Reshape from_config(const Config& config);
};

}  // namespace keras::layers
