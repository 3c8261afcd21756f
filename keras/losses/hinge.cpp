#include "keras/losses/loss_functions.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {

/// {0, 1} becomes {-1, 1} where there is no other label.
Tensor hinge_labels(const Tensor& y_true) {
  const Tensor binary = ops::logical_or(ops::equal(y_true, 0), ops::equal(y_true, 1));
  return ops::where(ops::all(binary), y_true * 2.0 - 1.0, y_true);
}

Tensor margins(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor labels = hinge_labels(ops::cast(y_true, y_pred.dtype()));
  return ops::maximum(1.0 - labels * y_pred, 0.0);
}

}  // namespace

Tensor hinge(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(margins(y_true, y_pred), {.axis = -1});
}

Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred) {
  return ops::mean(ops::square(margins(y_true, y_pred)), {.axis = -1});
}

Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor labels = ops::cast(y_true, y_pred.dtype());
  const Tensor right = ops::sum(labels * y_pred, {.axis = -1});
  const Tensor wrong = ops::max((1.0 - labels) * y_pred, {.axis = -1});
  return ops::maximum(wrong - right + 1.0, 0.0);
}

}  // namespace keras::losses
