#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct FlattenOptions {
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// (batch, …) → (batch, product of the other axes). Keras: keras.layers.Flatten.
class Flatten : public Layer {
 public:
  explicit Flatten(FlattenOptions options = {});
  static Flatten from_config(const Config& config);
};

}  // namespace keras::layers
