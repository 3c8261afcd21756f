#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct DepthwiseConvOptions {
  ops::SpatialSizes strides = 1;
  /// "valid" or "same".
  std::string padding = "valid";
  /// Outputs a channel.
  int depth_multiplier = 1;
  std::string data_format = {};
  ops::SpatialSizes dilation_rate = 1;
  activations::Activation activation = {};
  bool use_bias = true;
  initializers::Initializer depthwise_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer depthwise_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint depthwise_constraint = {};
  constraints::Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Convolution of each channel by itself. Keras: keras.layers.DepthwiseConv1D, DepthwiseConv2D.
class DepthwiseConv1D : public Layer {
 public:
  /// Throws ValueError for numbers that are not positive.
  DepthwiseConv1D(ops::SpatialSizes kernel_size, DepthwiseConvOptions options = {});
  static DepthwiseConv1D from_config(const Config& config);
};
class DepthwiseConv2D : public Layer {
 public:
  DepthwiseConv2D(ops::SpatialSizes kernel_size, DepthwiseConvOptions options = {});
  static DepthwiseConv2D from_config(const Config& config);
};

}  // namespace keras::layers
