#include "keras/layers/rnn/lstm_cell.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/cell_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class LSTMCellImpl final : public UnitsCellImpl {
 public:
  LSTMCellImpl(LSTMCellOptions options, CellOptions common)
      : UnitsCellImpl({"LSTMCell", options.name, options.trainable, options.dtype}, 4,
                      std::move(common)),
        options_(std::move(options)) {}

  Shapes state_shapes() const override {
    const Shape units{UnitsCellImpl::options().units};
    return {units, units};
  }

  Tensors step_with(const Tensor& input, const Tensors& states, const SequenceConstants& constants,
                    const CallContext&) override {
    Tensor z = product(input, constants.input_masks, kernel()) +
               product(states[0], constants.recurrent_masks, recurrent_kernel());
    if (bias().defined()) z = z + bias();
    const auto& gate = options_.recurrent_activation;
    const Tensor i = gate(gate_columns(z, 0, 1)), f = gate(gate_columns(z, 1, 2)),
                 o = gate(gate_columns(z, 3, 4));
    const Tensor c = f * states[1] + i * options_.activation(gate_columns(z, 2, 3));
    const Tensor h = o * options_.activation(c);
    return {h, h, c};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("units", UnitsCellImpl::options().units);
    write_cell_arguments(config, options_);
    return config;
  }

 private:
  std::optional<ops::RecurrentCell> recurrence() const override {
    const bool usual =
        options_.activation.name() == "tanh" && options_.recurrent_activation.name() == "sigmoid";
    return usual ? std::optional(ops::RecurrentCell::kLstm) : std::nullopt;
  }

  LSTMCellOptions options_;
};

}  // namespace

LSTMCell::LSTMCell(int units, LSTMCellOptions options) {
  CellOptions common = cell_options(units, options);
  impl_ = std::make_shared<LSTMCellImpl>(std::move(options), std::move(common));
}

LSTMCell LSTMCell::from_config(const Config& config) {
  ConfigReader reader("LSTMCell", config);
  const int units = reader.require_int("units");
  LSTMCellOptions options;
  read_cell_arguments(reader, config, options);
  return LSTMCell(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
