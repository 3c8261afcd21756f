#pragma once

#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras {

struct InputOptions {
  std::optional<std::int64_t> batch_size = {};
  /// The floating dtype of the policy in force when empty.
  std::string dtype = {};
  std::string name = {};
};

/// A symbolic tensor to start a functional model from; `shape` is without the batch axis,
/// `kUnknown` where an axis is open. Keras: keras.Input.
Tensor Input(const Shape& shape, InputOptions options = {});

namespace layers {

/// The layer that stands for an input in a model. Keras: keras.layers.InputLayer.
class InputLayer : public Layer {
 public:
  /// `batch_shape` includes the batch axis.
  InputLayer(const Shape& batch_shape, DType dtype, const std::string& name);
  static InputLayer from_config(const Config& config);

  /// The layer's symbolic tensor.
  Tensor tensor() const;
  const TensorSpec& spec() const;
};

/// True for a layer that `Input` or InputLayer made.
bool is_input_layer(const Layer& layer);
const TensorSpec& input_layer_spec(const Layer& layer);
/// The input layer's symbolic tensor.
Tensor input_layer_tensor(const Layer& layer);

}  // namespace layers
}  // namespace keras
