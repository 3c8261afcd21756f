#include <limits>
#include <utility>

#include "keras/losses/loss_functions.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/accuracy_metrics.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

Tensor matches(const Tensor& a, const Tensor& b) {
  return ops::cast(ops::equal(a, b), DType::kFloat32);
}

/// Class numbers (any rank) against the scores' k largest; ties count for the label.
Tensor in_top_k(const Tensor& labels, const Tensor& scores, int k) {
  const double lowest = -std::numeric_limits<double>::infinity();
  const Tensor is_label =
      ops::one_hot(ops::cast(labels, DType::kInt32), scores.shape()[-1], {.dtype = DType::kBool});
  const Tensor own = ops::max(
      ops::where(ops::logical_and(is_label, ops::logical_not(ops::isnan(scores))), scores, lowest),
      {.axis = -1, .keepdims = true});
  const Tensor above = ops::sum(ops::cast(ops::greater(scores, own), DType::kInt32), {.axis = -1});
  return ops::cast(ops::less(above, k), DType::kFloat32);
}

}  // namespace

Tensor accuracy(const Tensor& y_true, const Tensor& y_pred) {
  const auto [truth, prediction] =
      losses::squeeze_or_expand_to_same_rank(ops::cast(y_true, y_pred.dtype()), y_pred);
  return matches(truth, prediction);
}

Tensor binary_accuracy(const Tensor& y_true, const Tensor& y_pred, double threshold) {
  const auto [truth, prediction] = losses::squeeze_or_expand_to_same_rank(y_true, y_pred);
  return matches(truth, ops::cast(ops::greater(prediction, threshold), truth.dtype()));
}

Tensor categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  return matches(ops::argmax(y_true, {.axis = -1}), ops::argmax(y_pred, {.axis = -1}));
}

Tensor sparse_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred) {
  Tensor labels = ops::cast(y_true, y_pred.dtype());
  if (labels.rank() == y_pred.rank() && labels.shape()[-1] == 1)
    labels = ops::squeeze(labels, {.axis = -1});
  const Tensor hits = matches(labels, ops::cast(ops::argmax(y_pred, {.axis = -1}), labels.dtype()));
  if (hits.rank() > 1 && hits.shape()[-1] == 1) return ops::squeeze(hits, {.axis = -1});
  return hits;
}

Tensor top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k) {
  return in_top_k(ops::argmax(y_true, {.axis = -1}), y_pred, k);
}

Tensor sparse_top_k_categorical_accuracy(const Tensor& y_true, const Tensor& y_pred, int k,
                                         FromSortedIds from_sorted_ids) {
  Tensor labels = y_true;
  const bool column = labels.rank() == y_pred.rank() && labels.shape()[-1] == 1;
  if (column) labels = ops::squeeze(labels, {.axis = -1});
  if (from_sorted_ids == FromSortedIds::kNo) {
    const Tensor hits = in_top_k(labels, y_pred, k);
    return column ? ops::expand_dims(hits, {.axis = -1}) : hits;
  }
  const std::int64_t kept = std::min<std::int64_t>(k, y_pred.shape()[-1]);
  const Tensor first = ops::slice_axis(y_pred, y_pred.rank() - 1, 0, kept);
  const Tensor found =
      ops::any(ops::equal(ops::expand_dims(ops::cast(labels, y_pred.dtype()), {.axis = -1}), first),
               {.axis = -1});
  const Tensor hits = ops::cast(found, DType::kFloat32);
  return column ? ops::expand_dims(hits, {.axis = -1}) : hits;
}

Tensor accuracy_by_shape(const Tensor& y_true, const Tensor& y_pred) {
  switch (losses::label_kind(y_true.shape(), y_pred.shape())) {
    case losses::LabelKind::kBinary:
      return binary_accuracy(y_true, y_pred);
    case losses::LabelKind::kSparseCategorical:
      return sparse_categorical_accuracy(y_true, y_pred);
    case losses::LabelKind::kCategorical:
      break;
  }
  return categorical_accuracy(y_true, y_pred);
}

}  // namespace keras::metrics
