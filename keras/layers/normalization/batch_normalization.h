#pragma once

#include <optional>
#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

/// The ends of the corrections of batch renormalization; unset is none.
struct RenormClipping {
  std::optional<double> rmax = {};
  std::optional<double> rmin = {};
  std::optional<double> dmax = {};
};

struct BatchNormalizationOptions {
  int axis = -1;
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  initializers::Initializer beta_initializer = "zeros";
  initializers::Initializer gamma_initializer = "ones";
  initializers::Initializer moving_mean_initializer = "zeros";
  initializers::Initializer moving_variance_initializer = "ones";
  regularizers::Regularizer beta_regularizer = {};
  regularizers::Regularizer gamma_regularizer = {};
  constraints::Constraint beta_constraint = {};
  constraints::Constraint gamma_constraint = {};
  /// In training too, normalize towards slow averages: Ioffe, "Batch renormalization" (2017).
  bool renorm = false;
  std::optional<RenormClipping> renorm_clipping = {};
  double renorm_momentum = 0.99;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Normalizes by the batch's mean and variance in training, by their moving averages otherwise,
/// also when the layer is frozen. Ioffe and Szegedy, "Batch normalization" (2015). Keras:
/// keras.layers.BatchNormalization.
class BatchNormalization : public Layer {
 public:
  /// Throws ValueError unless `momentum` is in [0, 1] and the ends of `renorm_clipping` are in
  /// order.
  explicit BatchNormalization(BatchNormalizationOptions options = {});
  static BatchNormalization from_config(const Config& config);
};

}  // namespace keras::layers
