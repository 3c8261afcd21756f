#include "keras/layers/rnn/simple_rnn.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/simple_rnn_cell.h"
#include "keras/layers/rnn/units_rnn_impl.h"

namespace keras::layers {
namespace {

SimpleRNNCellOptions cell_arguments(const SimpleRNNOptions& o) {
  return {.activation = o.activation,
          .use_bias = o.use_bias,
          .kernel_initializer = o.kernel_initializer,
          .recurrent_initializer = o.recurrent_initializer,
          .bias_initializer = o.bias_initializer,
          .kernel_regularizer = o.kernel_regularizer,
          .recurrent_regularizer = o.recurrent_regularizer,
          .bias_regularizer = o.bias_regularizer,
          .kernel_constraint = o.kernel_constraint,
          .recurrent_constraint = o.recurrent_constraint,
          .bias_constraint = o.bias_constraint,
          .dropout = o.dropout,
          .recurrent_dropout = o.recurrent_dropout,
          .seed = o.seed,
          .name = "simple_rnn_cell",
          .trainable = o.trainable,
          .dtype = o.dtype};
}

}  // namespace

SimpleRNN::SimpleRNN(int units, SimpleRNNOptions options) {
  const SimpleRNNCell cell(units, cell_arguments(options));
  impl_ = make_units_rnn("SimpleRNN", units, cell, std::move(options));
}

SimpleRNN SimpleRNN::from_config(const Config& config) {
  ConfigReader reader("SimpleRNN", config);
  const int units = reader.require_int("units");
  SimpleRNNOptions options;
  read_rnn_arguments(reader, options);
  read_cell_arguments(reader, config, options);
  return SimpleRNN(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
