#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/activations/activation.h"
#include "keras/constraints/constraint.h"
#include "keras/initializers/initializer.h"
#include "keras/layers/rnn/rnn.h"
#include "keras/regularizers/regularizer.h"

namespace keras::layers {

struct LSTMOptions {
  activations::Activation activation = "tanh";
  activations::Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer recurrent_initializer = "orthogonal";
  initializers::Initializer bias_initializer = "zeros";
  bool unit_forget_bias = true;  ///< ones in the bias of the forget gate at first
  regularizers::Regularizer kernel_regularizer = {};
  regularizers::Regularizer recurrent_regularizer = {};
  regularizers::Regularizer bias_regularizer = {};
  regularizers::Regularizer activity_regularizer = {};
  constraints::Constraint kernel_constraint = {};
  constraints::Constraint recurrent_constraint = {};
  constraints::Constraint bias_constraint = {};
  double dropout = 0.0;            ///< of the inputs, in training
  double recurrent_dropout = 0.0;  ///< of the state, in training
  std::optional<std::int64_t> seed = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  /// "auto" when unset; True is an error where a call cannot be run by cuDNN.
  std::optional<bool> use_cudnn = {};
  bool zero_output_for_mask = false;
  int implementation = 2;  ///< 1 drops apart for each gate; the values are the same
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Long short-term memory: Hochreiter and Schmidhuber (1997), with a forget gate. States: output
/// and carry, each (batch, units). Keras: keras.layers.LSTM.
class LSTM : public RNN {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit LSTM(int units, LSTMOptions options = {});
  static LSTM from_config(const Config& config);
};

}  // namespace keras::layers
