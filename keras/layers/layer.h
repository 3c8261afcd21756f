#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keras/dtype_policies/dtype_policy.h"
#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"
#include "keras/ops/operation.h"
#include "keras/quantizers/quantization_config.h"
#include "keras/utils/config.h"

namespace keras {

class LayerImpl;
using Shapes = std::vector<Shape>;

/// Further arguments of a layer's call.
struct CallOptions {
  /// Whether layers such as Dropout behave as in training; unset: as the enclosing call, else not.
  std::optional<bool> training = {};
};

/// Further arguments of `Layer::quantize`.
struct QuantizeOptions {
  /// How; what the mode stands for where undefined.
  quantizers::QuantizationConfig config = {};
};

/// A layer: weights and the function that uses them. A handle; copies share, as in Python. Called
/// on tensors it computes; called on what `Input` gave it becomes part of a functional model.
/// Keras: keras.Layer.
class Layer {
 public:
  Layer() = default;
  explicit Layer(std::shared_ptr<LayerImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return impl_ != nullptr; }
  Tensor operator()(const Tensor& x, CallOptions options = {}) const;
  /// For layers with several inputs. Throws ValueError when there are several outputs.
  Tensor operator()(const Tensors& xs, CallOptions options = {}) const;
  /// For layers with several outputs.
  Tensors call_list(const Tensors& xs, CallOptions options = {}) const;

  const std::string& name() const;
  std::string class_name() const;
  bool built() const;
  /// Makes the weights for inputs of that shape, without a call.
  void build(const Shape& input_shape) const;
  void build(const Shapes& input_shapes) const;

  bool trainable() const;
  /// Also of all layers inside.
  void set_trainable(bool trainable) const;
  const DTypePolicy& dtype_policy() const;

  /// Own trainable weights, own others, then those of the layers inside, each once.
  Variables weights() const;
  Variables trainable_weights() const;
  Variables non_trainable_weights() const;
  /// Keras: get_weights and set_weights, in the order of `weights`.
  Tensors get_weights() const;
  /// Throws ValueError, with nothing changed, unless number and shapes fit.
  void set_weights(const Tensors& values) const;
  /// The number of scalars in the weights. Throws NotBuiltError before the layer is built.
  std::int64_t count_params() const;

  /// Rounds the kernels to 8 or 4 bits and computes with them from now on; they are no longer
  /// trained. `mode` is "int8" or "int4", or empty where the options have a config. Compile the
  /// model again afterwards. Throws ValueError for a layer that is not built, that is quantized
  /// already or that cannot be, and for other modes. Keras: Layer.quantize.
  void quantize(const std::string& mode, QuantizeOptions options = {}) const;

  Config get_config() const;
  /// The symbolic tensors of the layer's only call. Throws ValueError before or with several calls.
  Tensor input() const;
  Tensor output() const;

  const std::shared_ptr<LayerImpl>& impl() const { return impl_; }
  friend bool operator==(const Layer& a, const Layer& b) { return a.impl_ == b.impl_; }

 protected:
  std::shared_ptr<LayerImpl> impl_;
};

/// A layer of one's own: `auto scale = keras::make_layer<Scale>(2.0f);`
template <typename Impl, typename... Args>
Layer make_layer(Args&&... args) {
  return Layer(std::make_shared<Impl>(std::forward<Args>(args)...));
}

}  // namespace keras
