#include <limits>

#include "keras/losses/loss_functions.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {

/// log(sum(exp(x))) over the axis 1 where the mask holds; -inf where it holds nowhere.
Tensor masked_log_sum_exp(const Tensor& x, const Tensor& mask) {
  const Tensor masked = ops::where(mask, x, -std::numeric_limits<double>::infinity());
  const Tensor largest = ops::max(masked, {.axis = 1, .keepdims = true});
  const Tensor shift = ops::stop_gradient(ops::where(ops::isfinite(largest), largest, 0));
  const Tensor sums = ops::sum(ops::exp(masked - shift), {.axis = 1});
  return ops::log(sums) + ops::squeeze(shift, {.axis = 1});
}

}  // namespace

Tensor circle(const Tensor& y_true, const Tensor& y_pred, CircleFunctionOptions options) {
  const DType dtype = y_pred.dtype();
  const std::int64_t count = y_true.size();
  const Tensor labels = ops::reshape(ops::cast(y_true, DType::kInt32), {count, 1});
  const Tensor same = ops::equal(labels, ops::transpose(labels));
  Tensor positive = same;
  if (options.remove_diagonal)
    positive = ops::logical_and(
        same, ops::not_equal(ops::iota({count, count}, 0), ops::iota({count, count}, 1)));
  const Tensor negative = ops::logical_not(same);
  const double margin = options.margin;
  const Tensor distance = ops::maximum(1.0 - ops::matmul(y_pred, ops::transpose(y_pred)), 0.0);
  const Tensor positive_weight =
      ops::maximum((distance + margin) * ops::cast(positive, dtype), 0.0);
  const Tensor negative_weight =
      ops::maximum((1.0 + margin - distance) * ops::cast(negative, dtype), 0.0);
  const Tensor positive_terms = positive_weight * (margin - distance) * -options.gamma;
  const Tensor negative_terms = negative_weight * (1.0 - margin - distance) * options.gamma;
  const Tensor loss = ops::softplus(masked_log_sum_exp(positive_terms, positive) +
                                    masked_log_sum_exp(negative_terms, negative));
  return loss.with_mask(ops::greater(loss, 0));
}

}  // namespace keras::losses
