#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct DenseOptions {
  activations::Activation activation = {};
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// activation(x · kernel + bias) over the last axis: (…, n) → (…, units). Keras:
/// keras.layers.Dense.
class Dense : public Layer {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit Dense(int units, DenseOptions options = {});
  static Dense from_config(const Config& config);
};

}  // namespace keras::layers
