#include "keras/layers/rnn/simple_rnn_cell.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/cell_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class SimpleRNNCellImpl final : public UnitsCellImpl {
 public:
  SimpleRNNCellImpl(SimpleRNNCellOptions options, CellOptions common)
      : UnitsCellImpl({"SimpleRNNCell", options.name, options.trainable, options.dtype}, 1,
                      std::move(common)),
        options_(std::move(options)) {}

  std::vector<std::string> call_parameters() const override {
    return {"sequence", "states", "training"};
  }

  Tensors step_with(const Tensor& input, const Tensors& states, const SequenceConstants& constants,
                    const CallContext&) override {
    Tensor h = product(input, constants.input_masks, kernel());
    if (bias().defined()) h = h + bias();
    h = h + product(states[0], constants.recurrent_masks, recurrent_kernel());
    const Tensor output = options_.activation(h);
    return {output, output};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("units", UnitsCellImpl::options().units);
    write_cell_arguments(config, options_);
    return config;
  }

 private:
  std::optional<ops::RecurrentCell> recurrence() const override {
    const bool usual = options_.activation.name() == "tanh";
    return usual ? std::optional(ops::RecurrentCell::kSimple) : std::nullopt;
  }

  bool drops(double rate) const override { return rate > 0; }

  SimpleRNNCellOptions options_;
};

}  // namespace

SimpleRNNCell::SimpleRNNCell(int units, SimpleRNNCellOptions options) {
  CellOptions common = cell_options(units, options);
  impl_ = std::make_shared<SimpleRNNCellImpl>(std::move(options), std::move(common));
}

SimpleRNNCell SimpleRNNCell::from_config(const Config& config) {
  ConfigReader reader("SimpleRNNCell", config);
  const int units = reader.require_int("units");
  SimpleRNNCellOptions options;
  read_cell_arguments(reader, config, options);
  return SimpleRNNCell(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
