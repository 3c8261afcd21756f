#include "keras/layers/rnn/rnn_loop.h"

#include <utility>

#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// (batch) → (batch, 1, …), to broadcast with a tensor of that rank.
Tensor with_rank(const Tensor& mask, int rank) {
  Shape shape{mask.shape()[0]};
  while (shape.rank() < rank) shape.push_back(1);
  return ops::reshape(mask, shape);
}

/// A mask as booleans (batch, steps).
Tensor step_mask(const Tensor& mask) {
  const Tensor flags = mask.dtype() == DType::kBool ? mask : ops::cast(mask, DType::kBool);
  return flags.rank() > 2 ? ops::any(flags, {.axis = -1}) : flags;
}

}  // namespace

RNNLoopResult run_rnn_loop(RNNCellImpl& cell, const Tensor& sequences, Tensors states,
                           const Tensor& given_mask, const RNNLoopOptions& options,
                           const CallContext& context) {
  const Tensor mask = given_mask.defined() ? step_mask(given_mask) : Tensor();
  if (auto whole = cell.run_sequence(sequences, states, mask, options, context)) return *whole;
  const Tensors inputs = ops::unstack(sequences, {.axis = 1});
  const Tensors counts = mask.defined() ? ops::unstack(mask, {.axis = 1}) : Tensors(inputs.size());
  const SequenceConstants constants = cell.sequence_constants(inputs[0], states, context);
  Tensors outputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::size_t t = options.go_backwards ? inputs.size() - 1 - i : i;
    Tensors results = cell.step_with(inputs[t], states, constants, context);
    Tensor output = std::move(results[0]);
    results.erase(results.begin());
    if (counts[t].defined()) {
      const Tensor otherwise =
          options.zero_output_for_mask ? ops::zeros_like(output) : states[cell.output_state()];
      output = ops::where(with_rank(counts[t], output.rank()), output, otherwise);
      for (std::size_t k = 0; k < states.size(); ++k)
        results[k] = ops::where(with_rank(counts[t], results[k].rank()), results[k], states[k]);
    }
    states = std::move(results);
    if (!options.return_sequences) outputs.clear();
    outputs.push_back(std::move(output));
  }
  return {outputs.back(), options.return_sequences ? ops::stack(outputs, {.axis = 1}) : Tensor(),
          std::move(states)};
}

}  // namespace keras::layers
