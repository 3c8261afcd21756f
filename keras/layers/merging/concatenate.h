#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct ConcatenateOptions {
  int axis = -1;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Several inputs one after the other along an axis; their masks too, where one has a mask. Keras:
/// keras.layers.Concatenate.
class Concatenate : public Layer {
 public:
  /// Calls throw ShapeError unless the shapes agree on all other axes.
  explicit Concatenate(ConcatenateOptions options = {});
  static Concatenate from_config(const Config& config);
};

/// Keras: keras.layers.concatenate.
Tensor concatenate(const Tensors& inputs, ConcatenateOptions options = {});

}  // namespace keras::layers
