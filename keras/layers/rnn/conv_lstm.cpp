#include "keras/layers/rnn/conv_lstm.h"

#include <memory>
#include <utility>

#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/conv_lstm_cell.h"
#include "keras/layers/rnn/rnn_impl.h"

namespace keras::layers {
namespace {

class ConvLSTMImpl final : public RNNImpl {
 public:
  ConvLSTMImpl(int rank, const std::shared_ptr<ConvLSTMCellImpl>& cell, const ConvLSTMOptions& o)
      : RNNImpl(str("ConvLSTM", rank, "D"), Layer(cell),
                {.return_sequences = o.return_sequences,
                 .return_state = o.return_state,
                 .go_backwards = o.go_backwards,
                 .stateful = o.stateful,
                 .unroll = o.unroll,
                 .zero_output_for_mask = o.zero_output_for_mask,
                 .activity_regularizer = o.activity_regularizer,
                 .name = o.name,
                 .trainable = o.trainable,
                 .dtype = o.dtype}),
        conv_cell_(*cell) {
    sequence_rank_ = rank + 3;
  }

  Config get_config() const override {
    Config config = base_config();
    conv_cell_.write_config(config);
    return config;
  }

 private:
  const ConvLSTMCellImpl& conv_cell_;
};

std::shared_ptr<LayerImpl> make(int rank, int filters, const ops::SpatialSizes& kernel_size,
                                const ConvLSTMOptions& options) {
  const auto cell = std::make_shared<ConvLSTMCellImpl>(rank, filters, kernel_size, options);
  return std::make_shared<ConvLSTMImpl>(rank, cell, options);
}

template <typename ConvLSTMClass>
ConvLSTMClass read(const char* class_name, const Config& config) {
  ConfigReader reader(class_name, config);
  const int filters = reader.require_int("filters");
  const auto kernel_size = ops::SpatialSizes::from_config(reader.require("kernel_size"));
  ConvLSTMOptions o;
  read_sizes(reader, "strides", o.strides);
  o.padding = reader.get("padding", "valid");
  o.data_format = reader.get("data_format", "");
  read_sizes(reader, "dilation_rate", o.dilation_rate);
  read_rnn_arguments(reader, o);
  read_cell_arguments(reader, config, o);
  return ConvLSTMClass(filters, kernel_size, finish_options(reader, std::move(o)));
}

}  // namespace

ConvLSTM1D::ConvLSTM1D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options) {
  impl_ = make(1, filters, kernel_size, options);
}
ConvLSTM2D::ConvLSTM2D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options) {
  impl_ = make(2, filters, kernel_size, options);
}
ConvLSTM3D::ConvLSTM3D(int filters, ops::SpatialSizes kernel_size, ConvLSTMOptions options) {
  impl_ = make(3, filters, kernel_size, options);
}

ConvLSTM1D ConvLSTM1D::from_config(const Config& config) {
  return read<ConvLSTM1D>("ConvLSTM1D", config);
}
ConvLSTM2D ConvLSTM2D::from_config(const Config& config) {
  return read<ConvLSTM2D>("ConvLSTM2D", config);
}
ConvLSTM3D ConvLSTM3D::from_config(const Config& config) {
  return read<ConvLSTM3D>("ConvLSTM3D", config);
}

}  // namespace keras::layers
