#include <cstdint>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss_functions.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {

/// The logarithm of a probability of 0, finite so that its gradient is 0 and not NaN.
constexpr double kNever = -1e5;

Tensor log_sum_exp(const Tensor& x, int axis) {
  const Tensor largest = ops::stop_gradient(ops::max(x, {.axis = axis, .keepdims = true}));
  return ops::log(ops::sum(ops::exp(x - largest), {.axis = axis})) +
         ops::squeeze(largest, {.axis = axis});
}

/// The columns moved to the right, with kNever moving in.
Tensor shifted(const Tensor& x, std::int64_t by) {
  const std::int64_t columns = x.shape()[1];
  return ops::pad(ops::slice_axis(x, 1, 0, columns - by), {{0, 0}, {by, 0}},
                  {.constant_values = kNever});
}

/// Blank, first label, blank, second label … blank.
Tensor with_blanks(const Tensor& labels) {
  const std::int64_t batch = labels.shape()[0];
  const Tensor pairs = ops::stack({ops::zeros_like(labels), labels}, {.axis = 2});
  return ops::concatenate(
      {ops::reshape(pairs, {batch, 2 * labels.shape()[1]}), ops::zeros({batch, 1}, labels.dtype())},
      {.axis = 1});
}

/// Where a path may leave the blank before a label out: after another label.
Tensor may_skip_blank(const Tensor& states) {
  const std::int64_t count = states.shape()[1];
  const Tensor before = ops::pad(ops::slice_axis(states, 1, 0, count - 2), {{0, 0}, {2, 0}});
  return ops::logical_and(ops::not_equal(states, 0), ops::not_equal(states, before));
}

}  // namespace

// The forward recursion of Graves et al., over states that stand for labels and blanks between
// them.
Tensor ctc(const Tensor& y_true, const Tensor& y_pred) {
  if (y_true.rank() != 2)
    throw ValueError(
        str("Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in "
            "integer format. Received: y_true.shape=",
            y_true.shape()));
  if (y_pred.rank() != 3)
    throw ValueError(
        str("Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, "
            "num_classes)`. Received: y_pred.shape=",
            y_pred.shape()));
  const Tensor labels = ops::cast(y_true, DType::kInt32);
  const Tensor states = with_blanks(labels);
  const std::int64_t count = states.shape()[1];
  const Tensor skips = may_skip_blank(states);
  const Tensor one_hot = ops::one_hot(states, y_pred.shape()[2], {.dtype = y_pred.dtype()});
  const Tensor emissions =
      ops::matmul(ops::log_softmax(y_pred), ops::transpose(one_hot, {.axes = {0, 2, 1}}));
  const auto emitted_at = [&](std::int64_t step) {
    return ops::squeeze(ops::slice_axis(emissions, 1, step, step + 1), {.axis = 1});
  };
  const Tensor index = ops::iota({1, count}, 1);
  Tensor alpha = ops::where(ops::less(index, 2), emitted_at(0), kNever);
  for (std::int64_t step = 1; step < y_pred.shape()[1]; ++step) {
    const Tensor skipped = ops::where(skips, shifted(alpha, 2), kNever);
    alpha = log_sum_exp(ops::stack({alpha, shifted(alpha, 1), skipped}, {.axis = 2}), 2) +
            emitted_at(step);
  }
  const Tensor length =
      ops::sum(ops::cast(ops::not_equal(labels, 0), DType::kInt32), {.axis = 1, .keepdims = true});
  // A path ends in the last label or in the blank after it.
  const Tensor is_end =
      ops::logical_or(ops::equal(index, length * 2), ops::equal(index, length * 2 - 1));
  return -log_sum_exp(ops::where(is_end, alpha, kNever), 1);
}

}  // namespace keras::losses
