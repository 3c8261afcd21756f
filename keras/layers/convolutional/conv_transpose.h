#pragma once

#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct ConvTransposeOptions {
  ops::SpatialSizes strides = 1;
  /// "valid" or "same".
  std::string padding = "valid";
  /// How much longer than the shortest the output is; worked out from the strides when not given.
  ops::SpatialSizes output_padding = {};
  std::string data_format = {};
  ops::SpatialSizes dilation_rate = 1;
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

/// The transpose of a convolution, which strides make longer: Zeiler et al., "Deconvolutional
/// networks" (2010). Keras: keras.layers.Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.
class Conv1DTranspose : public Layer {
 public:
  /// Throws ValueError for numbers that are not positive, output padding that is not below the
  /// strides, and strides together with dilation.
  Conv1DTranspose(int filters, ops::SpatialSizes kernel_size, ConvTransposeOptions options = {});
  static Conv1DTranspose from_config(const Config& config);
};
class Conv2DTranspose : public Layer {
 public:
  Conv2DTranspose(int filters, ops::SpatialSizes kernel_size, ConvTransposeOptions options = {});
  static Conv2DTranspose from_config(const Config& config);
};
class Conv3DTranspose : public Layer {
 public:
  Conv3DTranspose(int filters, ops::SpatialSizes kernel_size, ConvTransposeOptions options = {});
  static Conv3DTranspose from_config(const Config& config);
};

}  // namespace keras::layers
