#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/rnn/rnn.h"
#include "keras/ops/nn/spatial.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct ConvLSTMOptions {
  ops::SpatialSizes strides = 1;
  std::string padding = "valid";  ///< of the inputs' convolution; the states' one keeps the size
  std::string data_format = {};
  ops::SpatialSizes dilation_rate = 1;
  activations::Activation activation = "tanh";
  activations::Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer recurrent_initializer = "orthogonal";
  initializers::Initializer bias_initializer = "zeros";
  bool unit_forget_bias = true;
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer recurrent_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint recurrent_constraint = {};
  constraints::Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::int64_t> seed = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// An LSTM whose products are convolutions: Shi et al., "Convolutional LSTM network" (2015),
/// without the peepholes. (batch, steps, spatial…, channels) → (batch, spatial…, filters), or with
/// the steps. Keras: keras.layers.ConvLSTM1D, ConvLSTM2D, ConvLSTM3D.
class ConvLSTM1D : public RNN {
 public:
  /// Throws ValueError for numbers that are not positive, and strides together with dilation.
  ConvLSTM1D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options = {});
  static ConvLSTM1D from_config(const Config& config);
};
class ConvLSTM2D : public RNN {
 public:
  ConvLSTM2D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options = {});
  static ConvLSTM2D from_config(const Config& config);
};
class ConvLSTM3D : public RNN {
 public:
  ConvLSTM3D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options = {});
  static ConvLSTM3D from_config(const Config& config);
};

}  // namespace keras::layers
