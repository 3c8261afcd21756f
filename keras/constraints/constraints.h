#pragma once

#include "keras/constraints/constraint.h"
#include "keras/ops/axes.h"

namespace keras::constraints {

struct MaxNormOptions {
  double max_value = 2;
  Axes axis = 0;
};
/// Scales down what has a norm along the axes above max_value. Keras: keras.constraints.MaxNorm.
class MaxNorm : public Constraint {
 public:
  MaxNorm(MaxNormOptions options = {});
};

/// Negative values become 0. Keras: keras.constraints.NonNeg.
class NonNeg : public Constraint {
 public:
  NonNeg();
};

struct UnitNormOptions {
  Axes axis = 0;
};
/// Norm 1 along the axes. Keras: keras.constraints.UnitNorm.
class UnitNorm : public Constraint {
 public:
  UnitNorm(UnitNormOptions options = {});
};

struct MinMaxNormOptions {
  double min_value = 0.0;
  double max_value = 1.0;
  double rate = 1.0;  ///< how much of the way to the allowed norm each update goes
  Axes axis = 0;
};
/// Norms along the axes between min_value and max_value. Keras: keras.constraints.MinMaxNorm.
class MinMaxNorm : public Constraint {
 public:
  MinMaxNorm(MinMaxNormOptions options = {});
};

}  // namespace keras::constraints
