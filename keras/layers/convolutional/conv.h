#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct ConvOptions {
  ops::SpatialSizes strides = 1;
  /// "valid" or "same"; for Conv1D also "causal".
  std::string padding = "valid";
  std::string data_format = {};
  ops::SpatialSizes dilation_rate = 1;
  int groups = 1;
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

/// Convolution over one, two or three spatial axes: (batch, spatial…, channels) →
/// (batch, spatial…, filters). Keras: keras.layers.Conv1D, Conv2D, Conv3D.
class Conv1D : public Layer {
 public:
  /// Throws ValueError for numbers that are not positive, filters or channels that the groups do
  /// not divide, and strides together with dilation.
  Conv1D(int filters, ops::SpatialSizes kernel_size, ConvOptions options = {});
  static Conv1D from_config(const Config& config);
};
class Conv2D : public Layer {
 public:
  Conv2D(int filters, ops::SpatialSizes kernel_size, ConvOptions options = {});
  static Conv2D from_config(const Config& config);
};
class Conv3D : public Layer {
 public:
  Conv3D(int filters, ops::SpatialSizes kernel_size, ConvOptions options = {});
  static Conv3D from_config(const Config& config);
};

}  // namespace keras::layers
