#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct IdentityOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Gives its inputs back, one or several. Keras: keras.layers.Identity.
class Identity : public Layer {
 public:
  explicit Identity(IdentityOptions options = {});
  static Identity from_config(const Config& config);
};

}  // namespace keras::layers
