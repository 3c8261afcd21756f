#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct SimpleRNNCellOptions {
  activations::Activation activation = "tanh";
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer recurrent_initializer = "orthogonal";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer recurrent_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint recurrent_constraint = {};
  constraints::Constraint bias_constraint = {};
  double dropout = 0.0;            ///< of the inputs, in training
  double recurrent_dropout = 0.0;  ///< of the state, in training
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// One step of SimpleRNN. activation(input · kernel + state · recurrent_kernel + bias). State: the
/// output, (batch, units). Keras: keras.layers.SimpleRNNCell.
class SimpleRNNCell : public Layer {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit SimpleRNNCell(int units, SimpleRNNCellOptions options = {});
  static SimpleRNNCell from_config(const Config& config);
};

}  // namespace keras::layers
