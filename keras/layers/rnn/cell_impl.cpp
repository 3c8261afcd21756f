#include "keras/layers/rnn/cell_impl.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"
#include "keras/random/random.h"

namespace keras::layers {

void require_units(int units) {
  if (units <= 0)
    throw ValueError(
        str("Received an invalid value for argument `units`, expected a positive integer, got ",
            units, "."));
}

UnitsCellImpl::UnitsCellImpl(LayerBase base, int gates, CellOptions options)
    : RNNCellImpl(std::move(base)),
      gates_(gates),
      options_(std::move(options)),
      seed_(options_.seed) {}

void UnitsCellImpl::build(const Shapes& input_shapes) {
  const std::int64_t size = input_shapes[0][-1];
  if (size == kUnknown)
    throw ValueError(
        str("The last dimension of the inputs to the cell \"", name(),
            "\" should be defined. Found None. Full input shape received: ", input_shapes[0]));
  const std::int64_t columns = gates_ * options_.units;
  kernel_ = add_weight("kernel", {size, columns},
                       {.initializer = options_.kernel_initializer,
                        .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  recurrent_kernel_ = add_weight("recurrent_kernel", {options_.units, columns},
                                 {.initializer = options_.recurrent_initializer,
                                  .regularizer = options_.recurrent_regularizer,
                                  .constraint = options_.recurrent_constraint});
  if (options_.use_bias)
    bias_ = add_weight("bias", bias_shape(),
                       {.initializer = full_bias_initializer(),
                        .regularizer = options_.bias_regularizer,
                        .constraint = options_.bias_constraint});
}

initializers::Initializer UnitsCellImpl::full_bias_initializer() const {
  if (!options_.unit_forget_bias) return options_.bias_initializer;
  // Ones for the forget gate, the second one: Jozefowicz et al., "An empirical exploration of
  // recurrent network architectures" (2015).
  return [given = options_.bias_initializer, units = options_.units](const Shape&, DType dtype) {
    return ops::concatenate(
        {given({units}, dtype), ops::ones({units}, dtype), given({2 * units}, dtype)});
  };
}

Tensors UnitsCellImpl::step(const Tensor& input, const Tensors& states,
                            const CallContext& context) {
  return step_with(input, states, sequence_constants(input, states, context), context);
}

SequenceConstants UnitsCellImpl::sequence_constants(const Tensor& input, const Tensors& states,
                                                    const CallContext& context) {
  if (!context.is_training()) return {};
  return {masks(input, options_.dropout), masks(states[0], options_.recurrent_dropout), {}};
}

Tensors UnitsCellImpl::masks(const Tensor& like, double rate) const {
  if (!drops(rate)) return {};
  const bool apart = options_.implementation == 1 || options_.recurrent_dropout != 0;
  Tensors masks;
  for (std::int64_t gate = 0; gate < (apart ? gates_ : 1); ++gate)
    masks.push_back(random::dropout(ops::ones(like.shape(), like.dtype()), rate, {.seed = seed_}));
  return masks;
}

Tensor UnitsCellImpl::gate_columns(const Tensor& x, int first, int last) const {
  return ops::slice_axis(x, -1, first * options_.units, last * options_.units);
}

Tensor UnitsCellImpl::product(const Tensor& x, const Tensors& masks, const Tensor& weight) const {
  if (masks.empty()) return ops::matmul(x, weight);
  if (masks.size() == 1) return ops::matmul(x * masks[0], weight);
  Tensors parts;
  for (int gate = 0; gate < static_cast<int>(weight.shape()[-1] / options_.units); ++gate)
    parts.push_back(ops::matmul(x * masks[static_cast<std::size_t>(gate)],
                                gate_columns(weight, gate, gate + 1)));
  return ops::concatenate(parts, {.axis = -1});
}

std::optional<RNNLoopResult> UnitsCellImpl::run_sequence(const Tensor& sequences,
                                                         const Tensors& states, const Tensor& mask,
                                                         const RNNLoopOptions& options,
                                                         const CallContext& context) {
  const auto cell = recurrence();
  const Shape steps{sequences.shape()[0], sequences.shape()[1]};
  if (!cell || (mask.defined() && mask.shape() != steps)) return std::nullopt;
  if (context.is_training() && drops(options_.recurrent_dropout)) return std::nullopt;
  Tensors dropped;
  if (context.is_training() && drops(options_.dropout)) {
    const Tensor first =
        ops::reshape(ops::slice_axis(sequences, 1, 0, 1), {steps[0], sequences.shape()[2]});
    for (const auto& one : masks(first, options_.dropout))
      dropped.push_back(ops::expand_dims(one, {.axis = 1}));
  }
  const SequenceBias biases = sequence_bias();
  Tensor x = product(sequences, dropped, kernel());
  if (biases.inputs.defined()) x = x + biases.inputs;
  Tensors inputs = {x, recurrent_kernel(), states[0]};
  if (*cell == ops::RecurrentCell::kLstm) inputs.push_back(states[1]);
  if (*cell == ops::RecurrentCell::kGru) inputs.push_back(biases.candidate);
  if (mask.defined()) inputs.push_back(mask);
  const Tensors out = ops::emit_all(
      ops::recurrence_op, std::move(inputs),
      ops::RecurrenceAttrs{.cell = *cell,
                           .go_backwards = options.go_backwards,
                           .masked = mask.defined(),
                           .zero_masked = mask.defined() && options.zero_output_for_mask});
  RNNLoopResult result{out[1], out[0], {out[1]}};
  if (*cell == ops::RecurrentCell::kLstm) result.states.push_back(out[4]);
  if (mask.defined() && options.zero_output_for_mask)
    result.last_output =
        ops::reshape(ops::slice_axis(out[0], 1, steps[1] - 1, steps[1]), out[1].shape());
  return result;
}

}  // namespace keras::layers
