#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct DropoutOptions {
  /// Axes of size 1 share one draw; the input's shape when unset.
  std::optional<Shape> noise_shape = {};
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// In training sets a share of the inputs to 0 and scales the others up, so that the sum stays the
/// same on average. Keras: keras.layers.Dropout.
class Dropout : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit Dropout(double rate, DropoutOptions options = {});
  static Dropout from_config(const Config& config);
};

}  // namespace keras::layers
