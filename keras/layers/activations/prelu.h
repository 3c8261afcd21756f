#pragma once

#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/axes.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct PReLUOptions {
  initializers::Initializer alpha_initializer = "zeros";
  regularizers::Regularizer alpha_regularizer = {};
  constraints::Constraint alpha_constraint = {};
  /// Axes, counted with the batch axis, along which all elements have one slope; nullopt: none.
  Axes shared_axes = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// x, or alpha · x below 0 with a learned alpha for each element of an example: He et al., "Delving
/// deep into rectifiers" (2015). Keras: keras.layers.PReLU.
class PReLU : public Layer {
 public:
  explicit PReLU(PReLUOptions options = {});
  static PReLU from_config(const Config& config);
};

}  // namespace keras::layers
