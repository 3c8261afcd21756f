#pragma once

#include <string>

#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct GroupNormalizationOptions {
  /// -1 makes each channel a group: instance normalization.
  int groups = 32;
  /// Where the channels are.
  int axis = -1;
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

/// Normalizes each group of an example's channels by its own mean and variance. Wu and He, "Group
/// normalization" (2018). Keras: keras.layers.GroupNormalization.
class GroupNormalization : public Layer {
 public:
  /// Throws ValueError unless `groups` is positive or -1.
  explicit GroupNormalization(GroupNormalizationOptions options = {});
  static GroupNormalization from_config(const Config& config);
};

}  // namespace keras::layers
