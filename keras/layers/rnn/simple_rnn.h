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

struct SimpleRNNOptions {
  activations::Activation activation = "tanh";
  bool use_bias = true;
  initializers::Initializer kernel_initializer = "glorot_uniform";
  initializers::Initializer recurrent_initializer = "orthogonal";
  initializers::Initializer bias_initializer = "zeros";
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
  bool zero_output_for_mask = false;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// activation(input · kernel + state · recurrent_kernel + bias). State: the output, (batch,
/// units). Keras: keras.layers.SimpleRNN.
class SimpleRNN : public RNN {
 public:
  /// Throws ValueError unless `units` is positive.
  explicit SimpleRNN(int units, SimpleRNNOptions options = {});
  static SimpleRNN from_config(const Config& config);
};

}  // namespace keras::layers
