#pragma once

#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/axes.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct LayerNormalizationOptions {
  /// One axis or several that are normalized together, with a gamma and a beta for each element.
  Axes axis = -1;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  initializers::Initializer beta_initializer = "zeros";
  initializers::Initializer gamma_initializer = "ones";
  regularizers::Regularizer beta_regularizer = {};
  regularizers::Regularizer gamma_regularizer = {};
  constraints::Constraint beta_constraint = {};
  constraints::Constraint gamma_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Normalizes each example by its own mean and variance. Ba, Kiros and Hinton, "Layer
/// normalization" (2016). Keras: keras.layers.LayerNormalization.
class LayerNormalization : public Layer {
 public:
  explicit LayerNormalization(LayerNormalizationOptions options = {});
  static LayerNormalization from_config(const Config& config);
};

}  // namespace keras::layers
