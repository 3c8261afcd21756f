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

struct GRUCellOptions {
  activations::Activation activation = "tanh";
  activations::Activation recurrent_activation = "sigmoid";
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
  bool reset_after = true;         ///< whether the reset gate acts behind the recurrent product
  std::optional<std::int64_t> seed = {};
  int implementation = 2;  ///< 1 drops apart for each gate; the values are the same
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// One step of GRU. Gated recurrent unit: Cho et al., "Learning phrase representations" (2014).
/// State: the output, (batch, units). Keras: keras.layers.GRUCell.
class GRUCell : public Layer {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit GRUCell(int units, GRUCellOptions options = {});
  static GRUCell from_config(const Config& config);
};

}  // namespace keras::layers
