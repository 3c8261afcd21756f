#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct RepeatVectorOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The input n times: (batch, features) → (batch, n, features). Keras: keras.layers.RepeatVector.
class RepeatVector : public Layer {
 public:
  /// Throws ValueError unless `n` is positive.
  explicit RepeatVector(int n, RepeatVectorOptions options = {});
  static RepeatVector from_config(const Config& config);
};

}  // namespace keras::layers
