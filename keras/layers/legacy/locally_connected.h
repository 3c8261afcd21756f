#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers::legacy {

/// Arguments of Keras 2. Its `padding` can only be "valid" and its `implementation` only 1 here;
/// configs with others are refused.
struct LocallyConnectedOptions {
  ops::SpatialSizes strides = 1;
  std::string data_format = {};
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

/// A convolution with a kernel and a bias of its own at each place. Keras 1 and 2 have it, Keras 3
/// does not: these are for files of theirs. The kernel has shape (places, inputs of a place,
/// filters). Keras 2: keras.layers.LocallyConnected1D, LocallyConnected2D.
class LocallyConnected1D : public Layer {
 public:
  /// Throws ValueError for numbers that are not positive, and when built on unknown sizes.
  LocallyConnected1D(int filters, ops::SpatialSizes kernel_size,
                     LocallyConnectedOptions options = {});
  static LocallyConnected1D from_config(const Config& config);
};
class LocallyConnected2D : public Layer {
 public:
  LocallyConnected2D(int filters, ops::SpatialSizes kernel_size,
                     LocallyConnectedOptions options = {});
  static LocallyConnected2D from_config(const Config& config);
};

}  // namespace keras::layers::legacy
