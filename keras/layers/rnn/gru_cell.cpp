#include "keras/layers/rnn/gru_cell.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/rnn/cell_config.h"
#include "keras/layers/rnn/cell_impl.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class GRUCellImpl final : public UnitsCellImpl {
 public:
  GRUCellImpl(GRUCellOptions options, CellOptions common)
      : UnitsCellImpl({"GRUCell", options.name, options.trainable, options.dtype}, 3,
                      std::move(common)),
        options_(std::move(options)) {}

  Tensors step_with(const Tensor& input, const Tensors& states, const SequenceConstants& constants,
                    const CallContext&) override {
    const Tensor& h = states[0];
    Tensor x = product(input, constants.input_masks, kernel());
    if (bias().defined()) x = x + input_bias();
    const Tensor inner = recurrent_product(h, constants.recurrent_masks);
    const auto& gate = options_.recurrent_activation;
    const Tensor z = gate(gate_columns(x, 0, 1) + gate_columns(inner, 0, 1));
    const Tensor r = gate(gate_columns(x, 1, 2) + gate_columns(inner, 1, 2));
    const Tensor candidate = options_.reset_after
                                 ? r * gate_columns(inner, 2, 3)
                                 : ops::matmul(r * dropped(h, constants.recurrent_masks),
                                               gate_columns(recurrent_kernel(), 2, 3));
    const Tensor hh = options_.activation(gate_columns(x, 2, 3) + candidate);
    const Tensor next = z * h + (1 - z) * hh;
    return {next, next};
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("units", UnitsCellImpl::options().units);
    write_cell_arguments(config, options_);
    return config;
  }

 private:
  std::optional<ops::RecurrentCell> recurrence() const override {
    const bool usual = options_.reset_after && options_.activation.name() == "tanh" &&
                       options_.recurrent_activation.name() == "sigmoid";
    return usual ? std::optional(ops::RecurrentCell::kGru) : std::nullopt;
  }

  SequenceBias sequence_bias() const override {
    const std::int64_t units = UnitsCellImpl::options().units;
    if (!bias().defined()) return {{}, ops::zeros({units}, compute_dtype())};
    // The recurrent biases of the gates are added to x as well before as behind the product.
    const Tensor recurrent = ops::get_item(bias(), {1});
    const Tensor of_gates =
        ops::concatenate({gate_columns(recurrent, 0, 2), ops::zeros({units}, compute_dtype())});
    return {input_bias() + of_gates, gate_columns(recurrent, 2, 3)};
  }

  Shape bias_shape() const override {
    const std::int64_t columns = 3 * UnitsCellImpl::options().units;
    return options_.reset_after ? Shape{2, columns} : Shape{columns};
  }

  Tensor input_bias() const { return options_.reset_after ? ops::get_item(bias(), {0}) : bias(); }

  /// Of all gates when the reset gate acts behind it, else of the first two.
  Tensor recurrent_product(const Tensor& h, const Tensors& masks) const {
    if (!options_.reset_after) return product(h, masks, gate_columns(recurrent_kernel(), 0, 2));
    const Tensor inner = product(h, masks, recurrent_kernel());
    return bias().defined() ? inner + ops::get_item(bias(), {1}) : inner;
  }

  static Tensor dropped(const Tensor& h, const Tensors& masks) {
    return masks.empty() ? h : h * masks.back();
  }

  GRUCellOptions options_;
};

}  // namespace

GRUCell::GRUCell(int units, GRUCellOptions options) {
  CellOptions common = cell_options(units, options);
  impl_ = std::make_shared<GRUCellImpl>(std::move(options), std::move(common));
}

GRUCell GRUCell::from_config(const Config& config) {
  ConfigReader reader("GRUCell", config);
  const int units = reader.require_int("units");
  GRUCellOptions options;
  read_cell_arguments(reader, config, options);
  return GRUCell(units, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
