#include "keras/ops/ctc.h"

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss_functions.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::losses {

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
  const Tensor label_count =
      ops::sum(ops::cast(ops::not_equal(labels, 0), DType::kInt32), {.axis = 1});
  const Tensor steps = ops::full_like(label_count, static_cast<double>(y_pred.shape()[1]));
  return ops::ctc_loss(labels, y_pred, label_count, steps);
}

}  // namespace keras::losses
