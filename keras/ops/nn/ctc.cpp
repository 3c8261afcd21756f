#include "keras/ops/ctc.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/ctc_beam_search.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

/// The logarithm of a probability of 0, finite so that its gradient is 0 and not NaN.
constexpr double kNever = -1e5;

Tensor log_sum_exp(const Tensor& x, int axis) {
  const Tensor largest = stop_gradient(max(x, {.axis = axis, .keepdims = true}));
  return log(sum(exp(x - largest), {.axis = axis})) + squeeze(largest, {.axis = axis});
}

/// The columns moved to the right, with kNever moving in.
Tensor shifted(const Tensor& x, std::int64_t by) {
  const std::int64_t columns = x.shape()[1];
  return pad(slice_axis(x, 1, 0, columns - by), {{0, 0}, {by, 0}}, {.constant_values = kNever});
}

/// Blank, first label, blank, second label … blank.
Tensor with_blanks(const Tensor& labels, std::int64_t blank) {
  const std::int64_t batch = labels.shape()[0];
  const Tensor blanks = full_like(labels, static_cast<double>(blank));
  const Tensor pairs = stack({blanks, labels}, {.axis = 2});
  return concatenate({reshape(pairs, {batch, 2 * labels.shape()[1]}),
                      full({batch, 1}, static_cast<double>(blank), labels.dtype())},
                     {.axis = 1});
}

/// Where a path may leave the blank before a label out: after another label.
Tensor may_skip_blank(const Tensor& states) {
  const std::int64_t count = states.shape()[1];
  const Tensor before =
      pad(slice_axis(states, 1, 0, count - 2), {{0, 0}, {2, 0}}, {.constant_values = -1});
  const Tensor is_label = equal(mod(iota({1, count}, 1), 2), 1);
  return logical_and(is_label, not_equal(states, before));
}

// The forward recursion over states that stand for labels and blanks between them.
Tensor loss_of(const Tensors& in, std::int64_t mask_index) {
  const Tensor labels = cast(in[0], DType::kInt32);
  const Tensor logits = cast(in[1], promote(in[1].dtype(), DType::kFloat32));
  const Tensor label_count = expand_dims(cast(in[2], DType::kInt32), {.axis = 1});
  const Tensor step_count = expand_dims(cast(in[3], DType::kInt32), {.axis = 1});
  const Tensor states = with_blanks(labels, mask_index);
  const std::int64_t count = states.shape()[1];
  const Tensor skips = may_skip_blank(states);
  const Tensor classes = one_hot(states, logits.shape()[2], {.dtype = logits.dtype()});
  const Tensor emissions = matmul(log_softmax(logits), transpose(classes, {.axes = {0, 2, 1}}));
  const auto emitted_at = [&](std::int64_t step) {
    return squeeze(slice_axis(emissions, 1, step, step + 1), {.axis = 1});
  };
  const Tensor index = iota({1, count}, 1);
  Tensor alpha = where(less(index, 2), emitted_at(0), kNever);
  for (std::int64_t step = 1; step < logits.shape()[1]; ++step) {
    const Tensor skipped = where(skips, shifted(alpha, 2), kNever);
    const Tensor next =
        log_sum_exp(stack({alpha, shifted(alpha, 1), skipped}, {.axis = 2}), 2) + emitted_at(step);
    alpha = where(greater(step_count, static_cast<double>(step)), next, alpha);
  }
  // A path ends in the last label or in the blank after it.
  const Tensor is_end =
      logical_or(equal(index, label_count * 2), equal(index, label_count * 2 - 1));
  return -log_sum_exp(where(is_end, alpha, kNever), 1);
}

Tensors greedy(const Tensor& inputs, const Tensor& lengths, const CtcDecodeOptions& options) {
  const std::int64_t steps = inputs.shape()[1];
  const auto blank = static_cast<double>(options.mask_index);
  const Tensor step = iota({1, steps}, 1);
  const Tensor is_over = greater_equal(step, expand_dims(lengths, {.axis = 1}));
  Tensor labels = where(is_over, full_like(step, blank), argmax(inputs, {.axis = -1}));
  const Tensor scores = where(is_over, 0.0, max(inputs, {.axis = -1}));
  if (options.merge_repeated) {
    const Tensor before =
        pad(slice_axis(labels, 1, 0, steps - 1), {{0, 0}, {1, 0}}, {.constant_values = -1});
    labels = where(equal(labels, before), full_like(labels, blank), labels);
  }
  const Tensor is_blank = equal(labels, blank);
  labels = where(is_blank, full_like(labels, -1), labels);
  // Labels come to the front in their order.
  const Tensor place = where(is_blank, full_like(step, static_cast<double>(steps)), step);
  const Tensor order = argsort(place, {.axis = -1});
  return {
      expand_dims(cast(take_along_axis(labels, order, {.axis = -1}), DType::kInt32), {.axis = 0}),
      negative(sum(scores, {.axis = 1, .keepdims = true}))};
}

Tensors decoded(const Tensors& in, const CtcDecodeOptions& options) {
  const Tensor inputs = cast(in[0], promote(in[0].dtype(), DType::kFloat32));
  const Tensor lengths = cast(in[1], DType::kInt32);
  if (options.strategy == "greedy") return greedy(inputs, lengths, options);
  return ctc_beam_search(log_softmax(inputs), lengths, options);
}

}  // namespace

Tensor ctc_loss(const Tensor& target, const Tensor& output, const Tensor& target_length,
                const Tensor& output_length, CtcLossOptions options) {
  if (target.rank() != 2)
    throw ShapeError(
        str("Targets `target` are expected to be a tensor of shape `(batch_size, max_length)` in "
            "integer format. Received: target.shape=",
            target.shape()));
  if (output.rank() != 3)
    throw ShapeError(
        str("Logits `output` are expected to be a tensor of shape `(batch_size, max_length, "
            "num_classes)`. Received: output.shape=",
            output.shape()));
  if (target.shape()[1] == 0 || output.shape()[1] == 0)
    throw ShapeError(str("ctc_loss needs one label and one step at least. Received: target.shape=",
                         target.shape(), ", output.shape=", output.shape()));
  return call_or_record("CTCLoss", {target, output, target_length, output_length},
                        {{"mask_index", options.mask_index}},
                        [=](const Tensors& in) { return loss_of(in, options.mask_index); });
}

CtcDecoded ctc_decode(const Tensor& inputs, const Tensor& sequence_lengths,
                      CtcDecodeOptions options) {
  if (options.strategy != "greedy" && options.strategy != "beam_search")
    throw ValueError(str("Invalid strategy ", options.strategy,
                         ". Supported values are 'greedy' and 'beam_search'."));
  if (inputs.rank() != 3 || inputs.shape()[1] == 0 || inputs.shape()[2] == 0)
    throw ShapeError(
        str("ctc_decode takes (batch, steps, classes), of one step and class at least. Received: "
            "inputs.shape=",
            inputs.shape()));
  if (options.beam_width < 1 || options.top_paths < 1)
    throw ValueError(
        str("ctc_decode: `beam_width` and `top_paths` must be positive. Received: "
            "beam_width=",
            options.beam_width, ", top_paths=", options.top_paths));
  const Tensors in{inputs, sequence_lengths};
  const auto function = [=](const Tensors& given) { return decoded(given, options); };
  const Tensors out = any_symbolic(in) ? record_op("CTCDecode", in,
                                                   {{"strategy", options.strategy},
                                                    {"beam_width", options.beam_width},
                                                    {"top_paths", options.top_paths},
                                                    {"merge_repeated", options.merge_repeated},
                                                    {"mask_index", options.mask_index}},
                                                   function)
                                       : function(in);
  return {out[0], out[1]};
}

}  // namespace keras::ops
