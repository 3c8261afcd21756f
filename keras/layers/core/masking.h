#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct MaskingOptions {
  double mask_value = 0.0;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Hides the time steps of (batch, steps, …, features) whose features all have the value
/// `mask_value`: they become 0, and the output's mask is false there. Keras: keras.layers.Masking.
class Masking : public Layer {
 public:
  explicit Masking(MaskingOptions options = {});
  static Masking from_config(const Config& config);
};

}  // namespace keras::layers
