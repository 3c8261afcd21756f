#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/quantizers/quantization_config.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct EinsumDenseOptions {
  activations::Activation activation = {};
  /// The output's labels along which there is a bias, such as "de"; none when empty.
  std::string bias_axes = {};
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint bias_constraint = {};
  /// How the kernel is rounded where the dtype policy says that it is.
  quantizers::QuantizationConfig quantization_config = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// activation(einsum(equation, x, kernel) + bias). The equation is "ab,bc->ac", or has "..." in
/// front of the input and the output or behind both. Keras: keras.layers.EinsumDense.
class EinsumDense : public Layer {
 public:
  /// `output_shape` is what is known of the output's shape without the batch axis and the axes that
  /// "..." stands for; kUnknown where the input says it.
  EinsumDense(const std::string& equation, const Shape& output_shape,
              EinsumDenseOptions options = {});
  static EinsumDense from_config(const Config& config);
};

}  // namespace keras::layers
