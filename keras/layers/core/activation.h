#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/layers/layer.h"

namespace keras::layers {

struct ActivationOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// An activation function as a layer. Keras: keras.layers.Activation.
class Activation : public Layer {
 public:
  explicit Activation(activations::Activation activation, ActivationOptions options = {});
  static Activation from_config(const Config& config);
};

}  // namespace keras::layers
