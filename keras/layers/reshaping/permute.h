#pragma once

#include <string>
#include <vector>

#include "keras/layers/layer.h"

namespace keras::layers {

struct PermuteOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The axes after the batch in another order. Keras: keras.layers.Permute.
class Permute : public Layer {
 public:
  /// `dims` counts the axes from 1. Throws ValueError unless each is there once.
  explicit Permute(std::vector<int> dims, PermuteOptions options = {});
  static Permute from_config(const Config& config);
};

}  // namespace keras::layers
