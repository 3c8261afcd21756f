#include <cmath>

#include "keras/config/config.h"
#include "keras/losses/loss_functions.h"
#include "keras/losses/weighting.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {

struct Pair {
  Tensor y_true;
  Tensor y_pred;
};

Pair aligned(const Tensor& y_true, const Tensor& y_pred) {
  auto [truth, prediction] =
      squeeze_or_expand_to_same_rank(ops::cast(y_true, y_pred.dtype()), y_pred);
  return {truth, prediction};
}

Tensor mean_of_last(const Tensor& x) { return ops::mean(x, {.axis = -1}); }

}  // namespace

Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred) {
  const Pair y = aligned(y_true, y_pred);
  return mean_of_last(ops::square(y.y_true - y.y_pred));
}

Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred) {
  const Pair y = aligned(y_true, y_pred);
  return mean_of_last(ops::abs(y.y_true - y.y_pred));
}

Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred) {
  const Pair y = aligned(y_true, y_pred);
  const Tensor scale = ops::maximum(ops::abs(y.y_true), config::epsilon());
  return mean_of_last(ops::abs((y.y_true - y.y_pred) / scale)) * 100.0;
}

Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred) {
  const Pair y = aligned(y_true, y_pred);
  const Tensor log_pred = ops::log(ops::maximum(y.y_pred, config::epsilon()) + 1.0);
  const Tensor log_true = ops::log(ops::maximum(y.y_true, config::epsilon()) + 1.0);
  return mean_of_last(ops::square(log_pred - log_true));
}

Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta) {
  const Pair y = aligned(y_true, y_pred);
  const Tensor error = y.y_pred - y.y_true;
  const Tensor size = ops::abs(error);
  return mean_of_last(ops::where(ops::less_equal(size, delta), ops::square(error) * 0.5,
                                 size * delta - 0.5 * delta * delta));
}

Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred) {
  const Pair y = aligned(y_true, y_pred);
  const Tensor error = y.y_pred - y.y_true;
  // log(cosh(x)) = x + log(1 + exp(-2x)) - log(2), which does not overflow.
  return mean_of_last(error + ops::softplus(error * -2.0) - std::log(2.0));
}

Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, int axis) {
  const Pair y = aligned(y_true, y_pred);
  const Tensor product =
      ops::normalize(y.y_true, {.axis = axis}) * ops::normalize(y.y_pred, {.axis = axis});
  return -ops::sum(product, {.axis = axis});
}

}  // namespace keras::losses
