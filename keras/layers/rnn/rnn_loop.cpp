#include "keras/layers/rnn/rnn_loop.h"

#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "keras/engine/graph/trace.h"
#include "keras/ops/control/scan_op.h"
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

/// (batch, steps, …) → (steps, batch, …) and back.
Tensor swap_leading_axes(const Tensor& x) {
  Shape swapped = x.shape();
  std::swap(swapped[0], swapped[1]);
  // The same bytes where one of them is 1.
  if (swapped[0] == 1 || swapped[1] == 1) return ops::reshape(x, swapped);
  std::vector<int> axes(static_cast<std::size_t>(x.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  std::swap(axes[0], axes[1]);
  return ops::transpose(x, {.axes = axes});
}

/// A mask as booleans (batch, steps).
Tensor step_mask(const Tensor& mask) {
  const Tensor flags = mask.dtype() == DType::kBool ? mask : ops::cast(mask, DType::kBool);
  return flags.rank() > 2 ? ops::any(flags, {.axis = -1}) : flags;
}

/// The steps of one sequence.
class Repetition {
 public:
  Repetition(RNNCellImpl& cell, const RNNLoopOptions& options, const CallContext& context)
      : cell_(cell), options_(options), context_(context) {}

  void draw_constants(const Tensor& sequences, const Tensors& states) {
    Shape shape = sequences.shape();
    shape.erase(1);
    const Tensor first = ops::reshape(ops::slice_axis(sequences, 1, 0, 1), shape);
    constants_ = cell_.sequence_constants(first, states, context_);
  }

  /// One after the other.
  RNNLoopResult run_steps(const Tensor& sequences, Tensors states, const Tensor& mask) {
    const Tensors inputs = ops::unstack(sequences, {.axis = 1});
    const Tensors counts =
        mask.defined() ? ops::unstack(mask, {.axis = 1}) : Tensors(inputs.size());
    Tensors outputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::size_t t = options_.go_backwards ? inputs.size() - 1 - i : i;
      auto [output, next] = step(inputs[t], states, counts[t]);
      states = std::move(next);
      if (!options_.return_sequences) outputs.clear();
      outputs.push_back(std::move(output));
    }
    return {outputs.back(),
            options_.return_sequences ? ops::stack(outputs, {.axis = 1}) : Tensor(),
            std::move(states),
            {}};
  }

  /// As one operation; nothing where a step changes the states' shapes or dtypes.
  std::optional<RNNLoopResult> run_loop(const Tensor& sequences, const Tensors& states,
                                        const Tensor& mask) {
    Tensors xs = {swap_leading_axes(sequences)};
    if (mask.defined()) xs.push_back(swap_leading_axes(mask));
    const std::vector<bool> backwards(xs.size(), options_.go_backwards);
    const auto looped = ops::traced_scan(
        [this](const Tensors& carry, const Tensors& x) { return traced_step(carry, x); }, states,
        {xs, backwards}, sequences.shape()[1]);
    if (!looped) return std::nullopt;
    Tensors ys = looped->ys;
    Tensor outputs;
    if (options_.return_sequences) {
      outputs = swap_leading_axes(ys[0]);
      ys.erase(ys.begin());
    }
    RNNLoopResult out{looped->last[0], outputs, looped->carry};
    for (const auto& losses : ys) out.losses.push_back(ops::sum(losses));
    return out;
  }

 private:
  struct Step {
    Tensor output;
    Tensors states;
  };

  Step step(const Tensor& input, const Tensors& states, const Tensor& counts) const {
    Tensors results = cell_.step_with(input, states, constants_, context_);
    Tensor output = std::move(results[0]);
    results.erase(results.begin());
    if (!counts.defined()) return {output, results};
    const Tensor otherwise =
        options_.zero_output_for_mask ? ops::zeros_like(output) : states[cell_.output_state()];
    output = ops::where(with_rank(counts, output.rank()), output, otherwise);
    for (std::size_t k = 0; k < states.size(); ++k)
      results[k] = ops::where(with_rank(counts, results[k].rank()), results[k], states[k]);
    return {output, results};
  }

  ops::TracedStep traced_step(const Tensors& carry, const Tensors& x) const {
    const LossScope losses;
    Step done = step(x[0], carry, x.size() > 1 ? x[1] : Tensor());
    ops::TracedStep out{std::move(done.states), {}, {}, {done.output}};
    if (options_.return_sequences) out.ys.push_back(done.output);
    for (const auto& loss : losses.losses()) out.ys.push_back(loss);
    out.y_backwards.assign(out.ys.size(), false);
    return out;
  }

  RNNCellImpl& cell_;
  const RNNLoopOptions& options_;
  const CallContext& context_;
  SequenceConstants constants_;
};

}  // namespace

RNNLoopResult run_rnn_loop(RNNCellImpl& cell, const Tensor& sequences, const Tensors& states,
                           const Tensor& given_mask, const RNNLoopOptions& options,
                           const CallContext& context) {
  const Tensor mask = given_mask.defined() ? step_mask(given_mask) : Tensor();
  if (auto whole = cell.run_sequence(sequences, states, mask, options, context)) return *whole;
  Repetition repetition(cell, options, context);
  repetition.draw_constants(sequences, states);
  if (engine::Trace::compiling() && !options.unroll && sequences.shape()[1] >= ops::kShortestLoop)
    if (auto looped = repetition.run_loop(sequences, states, mask)) return *looped;
  return repetition.run_steps(sequences, states, mask);
}

}  // namespace keras::layers
