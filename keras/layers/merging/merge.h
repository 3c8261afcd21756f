#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

/// Of the layers that combine inputs element by element.
struct MergeOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Layers of several inputs, such as `Add()({a, b})`, that combine them element by element. Shapes
/// after the batch axis broadcast; an input of fewer axes gets axes of size 1 after the batch axis.
/// Where all inputs have masks, the output's is true where one of them is. Calls throw ShapeError
/// for shapes that do not fit. Keras: keras.layers.Add.
class Add : public Layer {
 public:
  explicit Add(MergeOptions options = {});
  static Add from_config(const Config& config);
};

/// The first of two inputs minus the second. Keras: keras.layers.Subtract.
class Subtract : public Layer {
 public:
  explicit Subtract(MergeOptions options = {});
  static Subtract from_config(const Config& config);
};

/// The product; what a mask hides counts as 1. Keras: keras.layers.Multiply.
class Multiply : public Layer {
 public:
  explicit Multiply(MergeOptions options = {});
  static Multiply from_config(const Config& config);
};

/// The mean of the inputs. Keras: keras.layers.Average.
class Average : public Layer {
 public:
  explicit Average(MergeOptions options = {});
  static Average from_config(const Config& config);
};

/// The greatest; what a mask hides does not count. Keras: keras.layers.Maximum.
class Maximum : public Layer {
 public:
  explicit Maximum(MergeOptions options = {});
  static Maximum from_config(const Config& config);
};

/// The least; what a mask hides does not count. Keras: keras.layers.Minimum.
class Minimum : public Layer {
 public:
  explicit Minimum(MergeOptions options = {});
  static Minimum from_config(const Config& config);
};

/// Calls of a new layer: `Add(options)(inputs)`. Keras: keras.layers.add.
Tensor add(const Tensors& inputs, MergeOptions options = {});
/// Keras: keras.layers.subtract, and so on.
Tensor subtract(const Tensors& inputs, MergeOptions options = {});
Tensor multiply(const Tensors& inputs, MergeOptions options = {});
Tensor average(const Tensors& inputs, MergeOptions options = {});
Tensor maximum(const Tensors& inputs, MergeOptions options = {});
Tensor minimum(const Tensors& inputs, MergeOptions options = {});

}  // namespace keras::layers
