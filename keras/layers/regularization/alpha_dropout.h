#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct AlphaDropoutOptions {
  /// Axes of size 1 share one draw; the input's shape when unset.
  std::optional<Shape> noise_shape = {};
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Dropout for SELU networks: sets to the activation's lower end instead of 0, then shifts and
/// scales so that mean and variance stay. Klambauer et al., "Self-normalizing neural networks"
/// (2017). Keras: keras.layers.AlphaDropout.
class AlphaDropout : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit AlphaDropout(double rate, AlphaDropoutOptions options = {});
  static AlphaDropout from_config(const Config& config);
};

}  // namespace keras::layers
