#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// Attributes of batch normalization over all axes but the last and of its gradient.
struct BatchNormAttrs {
  double epsilon = 1e-3;
  bool scale = true;   ///< gamma is among the inputs
  bool center = true;  ///< beta is among the inputs
  bool operator==(const BatchNormAttrs&) const = default;
  void visit(auto&& field) const {
    field("epsilon", epsilon);
    field("scale", scale);
    field("center", center);
  }
};

/// Attributes of layer normalization over the last `axes` axes and of its gradient.
struct LayerNormAttrs {
  int axes = 1;
  double epsilon = 1e-3;
  bool scale = true;
  bool center = true;
  bool operator==(const LayerNormAttrs&) const = default;
  void visit(auto&& field) const {
    field("axes", axes);
    field("epsilon", epsilon);
    field("scale", scale);
    field("center", center);
  }
};

/// (x, gamma?, beta?) → (y, mean, variance), with the biased variance. x may be of a 16-bit float
/// dtype; gamma, beta, mean and variance are then float32, else of x's dtype.
extern const engine::Op batch_norm_training_op;
extern const engine::Op layer_norm_op;
/// (x, gamma?, mean, variance, dy) → (dx, dgamma, dbeta); beta is no input (`center` is false).
extern const engine::Op batch_norm_gradient_op;
extern const engine::Op layer_norm_gradient_op;

}  // namespace keras::ops
