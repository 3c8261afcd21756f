#include "keras/layers/rnn/gru.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/gru_cell.h"
#include "keras/layers/rnn/units_rnn_impl.h"

namespace keras::layers {
namespace {

GRUCellOptions cell_arguments(const GRUOptions& o) {
  return {.activation = o.activation,
          .recurrent_activation = o.recurrent_activation,
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
          .reset_after = o.reset_after,
          .seed = o.seed,
          .implementation = o.implementation,
          .name = "gru_cell",
          .trainable = o.trainable,
          .dtype = o.dtype};
}

}  // namespace

GRU::GRU(int units, GRUOptions options) {
  const GRUCell cell(units, cell_arguments(options));
  impl_ = make_units_rnn("GRU", units, cell, std::move(options));
}

GRU GRU::from_config(const Config& config) {
  ConfigReader reader("GRU", config);
  const int units = reader.require_int("units");
  GRUOptions options;
  read_rnn_arguments(reader, options);
  read_cell_arguments(reader, config, options);
  return GRU(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
