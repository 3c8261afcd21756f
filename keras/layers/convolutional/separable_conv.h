#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct SeparableConvOptions {
  ops::SpatialSizes strides = 1;
  /// "valid" or "same".
  std::string padding = "valid";
  std::string data_format = {};
  ops::SpatialSizes dilation_rate = 1;
  /// Outputs of the depthwise convolution a channel.
  int depth_multiplier = 1;
  activations::Activation activation = {};
  bool use_bias = true;
  initializers::Initializer depthwise_initializer = "glorot_uniform";
  initializers::Initializer pointwise_initializer = "glorot_uniform";
  initializers::Initializer bias_initializer = "zeros";
  regularizers::Regularizer depthwise_regularizer = {};
  regularizers::Regularizer pointwise_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint depthwise_constraint = {};
  constraints::Constraint pointwise_constraint = {};
  constraints::Constraint bias_constraint = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// A convolution of each channel by itself, then one that mixes the channels of each place:
/// Chollet, "Xception" (2017). Keras: keras.layers.SeparableConv1D, SeparableConv2D.
class SeparableConv1D : public Layer {
 public:
  /// Throws ValueError for numbers that are not positive.
  SeparableConv1D(int filters, ops::SpatialSizes kernel_size, SeparableConvOptions options = {});
  static SeparableConv1D from_config(const Config& config);
};
class SeparableConv2D : public Layer {
 public:
  SeparableConv2D(int filters, ops::SpatialSizes kernel_size, SeparableConvOptions options = {});
  static SeparableConv2D from_config(const Config& config);
};

}  // namespace keras::layers
