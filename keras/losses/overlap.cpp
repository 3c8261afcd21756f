#include "keras/config/config.h"
#include "keras/losses/loss_functions.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {}  // namespace

Tensor dice(const Tensor& y_true, const Tensor& y_pred, const Axes& axis) {
  const Tensor truth = ops::cast(y_true, y_pred.dtype());
  const Tensor common = ops::sum(truth * y_pred, {.axis = axis});
  const Tensor total = ops::sum(truth, {.axis = axis}) + ops::sum(y_pred, {.axis = axis});
  return 1.0 - common * 2.0 / (total + config::epsilon());
}

Tensor tversky(const Tensor& y_true, const Tensor& y_pred, TverskyFunctionOptions options) {
  const Tensor truth = ops::cast(y_true, y_pred.dtype());
  const Tensor common = ops::sum(truth * y_pred, {.axis = options.axis});
  const Tensor missed = ops::sum((1.0 - y_pred) * truth, {.axis = options.axis});
  const Tensor false_alarm = ops::sum(y_pred * (1.0 - truth), {.axis = options.axis});
  return 1.0 - common / (common + missed * options.alpha + false_alarm * options.beta +
                         config::epsilon());
}

}  // namespace keras::losses
