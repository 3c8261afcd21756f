#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/loss_functions.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::losses {
namespace {

Tensor smoothed(const Tensor& y_true, double smoothing, double uniform) {
  if (smoothing == 0) return y_true;
  return y_true * (1.0 - smoothing) + smoothing * uniform;
}

Tensor smoothed_binary(const Tensor& y_true, const Tensor& y_pred, double smoothing) {
  return smoothed(ops::cast(y_true, y_pred.dtype()), smoothing, 0.5);
}

Tensor smoothed_categorical(const Tensor& y_true, const Tensor& y_pred, double smoothing) {
  const Tensor labels = ops::cast(y_true, y_pred.dtype());
  return smoothed(labels, smoothing, 1.0 / static_cast<double>(labels.shape()[-1]));
}

}  // namespace

Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor truth = ops::clip(ops::cast(y_true, y_pred.dtype()), config::epsilon(), 1);
  const Tensor prediction = ops::clip(y_pred, config::epsilon(), 1);
  return ops::sum(truth * ops::log(truth / prediction), {.axis = -1});
}

Tensor poisson(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor truth = ops::cast(y_true, y_pred.dtype());
  return ops::mean(y_pred - truth * ops::log(y_pred + config::epsilon()), {.axis = -1});
}

Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                           CrossentropyOptions options) {
  const Tensor labels = smoothed_binary(y_true, y_pred, options.label_smoothing);
  return ops::mean(ops::binary_crossentropy(labels, y_pred, {.from_logits = options.from_logits}),
                   {.axis = options.axis});
}

Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                CrossentropyOptions options) {
  const Tensor labels = smoothed_categorical(y_true, y_pred, options.label_smoothing);
  return ops::categorical_crossentropy(labels, y_pred,
                                       {.from_logits = options.from_logits, .axis = options.axis});
}

Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                       SparseCategoricalCrossentropyFunctionOptions options) {
  const int axis = normalize_axis("sparse_categorical_crossentropy", options.axis, y_pred.rank());
  Tensor labels = y_true;
  if (labels.rank() == y_pred.rank() && labels.shape()[axis] == 1)
    labels = ops::squeeze(labels, {.axis = axis});
  if (!options.ignore_class)
    return ops::sparse_categorical_crossentropy(labels, y_pred,
                                                {.from_logits = options.from_logits, .axis = axis});
  const Tensor valid = ops::not_equal(labels, *options.ignore_class);
  const Tensor scores = ops::where(ops::expand_dims(valid, {.axis = axis}), y_pred, 0);
  const Tensor values = ops::sparse_categorical_crossentropy(
      ops::where(valid, labels, 0), scores, {.from_logits = options.from_logits, .axis = axis});
  return ops::where(valid, values, 0.0).with_mask(valid);
}

Tensor binary_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                 BinaryFocalCrossentropyFunctionOptions options) {
  const Tensor labels = smoothed_binary(y_true, y_pred, options.label_smoothing);
  const Tensor p = options.from_logits ? ops::sigmoid(y_pred) : y_pred;
  const Tensor p_true = labels * p + (1.0 - labels) * (1.0 - p);
  Tensor focal = ops::power(1.0 - p_true, options.gamma) * ops::binary_crossentropy(labels, p);
  if (options.apply_class_balancing)
    focal = (labels * options.alpha + (1.0 - labels) * (1.0 - options.alpha)) * focal;
  return ops::mean(focal, {.axis = options.axis});
}

Tensor categorical_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                      CategoricalFocalCrossentropyFunctionOptions options) {
  const int axis = options.axis;
  const Tensor labels = smoothed_categorical(y_true, y_pred, options.label_smoothing);
  const Tensor p = options.from_logits ? ops::softmax(y_pred, {.axis = axis}) : y_pred;
  const Tensor normalized = p / ops::sum(p, {.axis = axis, .keepdims = true});
  const Tensor output = ops::clip(normalized, config::epsilon(), 1.0 - config::epsilon());
  const Tensor crossentropy = -labels * ops::log(output);
  const Tensor factor = ops::power(1.0 - output, options.gamma) * options.alpha;
  return ops::sum(factor * crossentropy, {.axis = axis});
}

Tensor categorical_generalized_cross_entropy(const Tensor& y_true, const Tensor& y_pred, double q) {
  const Tensor labels =
      ops::one_hot(ops::cast(y_true, DType::kInt32), y_pred.shape()[-1], {.dtype = y_pred.dtype()});
  const Tensor p = ops::sum(y_pred * labels, {.axis = -1});
  return (1.0 - ops::power(p, q)) / q;
}

LabelKind label_kind(const Shape& y_true, const Shape& y_pred) {
  if (!y_pred.empty() && y_pred[-1] == 1) return LabelKind::kBinary;
  const bool one_label = !y_true.empty() && y_true[-1] == 1;
  if (y_true.rank() < y_pred.rank() || one_label) return LabelKind::kSparseCategorical;
  return LabelKind::kCategorical;
}

Tensor crossentropy_by_shape(const Tensor& y_true, const Tensor& y_pred) {
  switch (label_kind(y_true.shape(), y_pred.shape())) {
    case LabelKind::kBinary:
      return binary_crossentropy(y_true, y_pred);
    case LabelKind::kSparseCategorical:
      return sparse_categorical_crossentropy(y_true, y_pred);
    case LabelKind::kCategorical:
      break;
  }
  return categorical_crossentropy(y_true, y_pred);
}

}  // namespace keras::losses
