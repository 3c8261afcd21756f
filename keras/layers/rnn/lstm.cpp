#include "keras/layers/rnn/lstm.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/lstm_cell.h"
#include "keras/layers/rnn/units_rnn_impl.h"

namespace keras::layers {
namespace {

LSTMCellOptions cell_arguments(const LSTMOptions& o) {
  return {.activation = o.activation,
          .recurrent_activation = o.recurrent_activation,
          .use_bias = o.use_bias,
          .kernel_initializer = o.kernel_initializer,
          .recurrent_initializer = o.recurrent_initializer,
          .bias_initializer = o.bias_initializer,
          .unit_forget_bias = o.unit_forget_bias,
          .kernel_regularizer = o.kernel_regularizer,
          .recurrent_regularizer = o.recurrent_regularizer,
          .bias_regularizer = o.bias_regularizer,
          .kernel_constraint = o.kernel_constraint,
          .recurrent_constraint = o.recurrent_constraint,
          .bias_constraint = o.bias_constraint,
          .dropout = o.dropout,
          .recurrent_dropout = o.recurrent_dropout,
          .seed = o.seed,
          .implementation = o.implementation,
          .name = "lstm_cell",
          .trainable = o.trainable,
          .dtype = o.dtype};
}

}  // namespace

LSTM::LSTM(int units, LSTMOptions options) {
  const LSTMCell cell(units, cell_arguments(options));
  impl_ = make_units_rnn("LSTM", units, cell, std::move(options));
}

LSTM LSTM::from_config(const Config& config) {
  ConfigReader reader("LSTM", config);
  const int units = reader.require_int("units");
  LSTMOptions options;
  read_rnn_arguments(reader, options);
  read_cell_arguments(reader, config, options);
  return LSTM(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
