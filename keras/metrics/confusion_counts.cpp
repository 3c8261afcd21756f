#include "keras/metrics/confusion_counts.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/weighting.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

/// Keras's stand-in for minus infinity: below every threshold.
constexpr double kNever = -1e10;
constexpr double kEpsilon = 1e-7;

bool is_even(const std::vector<double>& thresholds) {
  if (thresholds.size() < 3) return false;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const double even = static_cast<double>(i) / static_cast<double>(thresholds.size() - 1);
    if (std::abs(thresholds[i] - even) > kEpsilon + 1e-5 * even) return false;
  }
  return true;
}

/// Keeps each entry's k largest scores; of equal ones the first.
Tensor keep_top_k(const Tensor& scores, int k) {
  const std::int64_t classes = scores.shape()[-1];
  const Tensor mine = ops::expand_dims(scores, {.axis = -1});
  const Tensor other = ops::expand_dims(scores, {.axis = -2});
  const Tensor earlier =
      ops::less(ops::iota({classes, classes}, 1), ops::iota({classes, classes}, 0));
  const Tensor beaten = ops::logical_or(ops::greater(other, mine),
                                        ops::logical_and(ops::equal(other, mine), earlier));
  const Tensor rank = ops::sum(ops::cast(beaten, DType::kInt32), {.axis = -1});
  return ops::where(ops::less(rank, k), scores, kNever);
}

Tensor one_class(const Tensor& x, int class_id) {
  if (x.rank() < 2)
    throw ValueError(
        str("When class_id is provided, y_pred must be a 2D array with shape (num_samples, "
            "num_classes), found shape: ",
            x.shape()));
  return ops::slice_axis(x, x.rank() - 1, class_id, class_id + 1);
}

/// Whether each prediction is positive at each threshold, as 0 and 1, thresholds first.
Tensor positives(const Tensor& y_pred, const std::vector<double>& thresholds) {
  const auto count = static_cast<std::int64_t>(thresholds.size());
  Shape column{count};
  for (int axis = 0; axis < y_pred.rank(); ++axis) column.push_back(1);
  const Tensor scores = ops::expand_dims(y_pred, {.axis = 0});
  if (!is_even(thresholds)) {
    std::vector<float> limits(thresholds.begin(), thresholds.end());
    return ops::cast(ops::greater(scores, Tensor::from(limits, column)), DType::kFloat32);
  }
  // The last of the even thresholds that lies below the score.
  Tensor bucket = ops::ceil(ops::clip(scores, 0, 1) * static_cast<double>(count - 1)) - 1;
  const bool ends_are_outside = thresholds.front() < 0 || thresholds.back() > 1;
  if (ends_are_outside) bucket = ops::maximum(bucket, 0);
  const Tensor index = ops::reshape(ops::arange(count, DType::kFloat32), column);
  return ops::cast(ops::greater_equal(bucket, index), DType::kFloat32);
}

Tensor weights_for(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight,
                   const ConfusionOptions& options) {
  Tensor weights;
  if (sample_weight.defined()) {
    weights = ops::cast(sample_weight, DType::kFloat32);
    if (weights.rank() < y_true.rank()) weights = ops::expand_dims(weights, {.axis = -1});
    if (weights.rank() > y_true.rank()) weights = ops::squeeze(weights, {.axis = -1});
    weights = ops::broadcast_to(weights, y_pred.shape());
  }
  if (options.label_weights.empty()) return weights;
  const std::vector<float> values(options.label_weights.begin(), options.label_weights.end());
  const Tensor labels = ops::broadcast_to(
      Tensor::from(values, Shape{1, static_cast<std::int64_t>(values.size())}), y_pred.shape());
  return weights.defined() ? weights * labels : labels;
}

}  // namespace

std::vector<double> even_thresholds(int count) {
  std::vector<double> thresholds;
  for (int i = 0; i < count; ++i)
    thresholds.push_back(static_cast<double>(i) / static_cast<double>(count - 1));
  return thresholds;
}

ConfusionCounts count_confusions(const Tensor& y_true, const Tensor& y_pred,
                                 const Tensor& sample_weight, const ConfusionOptions& options) {
  auto [scores, labels] = losses::squeeze_or_expand_to_same_rank(
      ops::cast(y_pred, DType::kFloat32), ops::cast(y_true, DType::kFloat32));
  const Tensor unsliced = labels;
  if (options.top_k) scores = keep_top_k(scores, *options.top_k);
  if (options.class_id) {
    scores = one_class(scores, *options.class_id);
    labels = one_class(labels, *options.class_id);
  }
  if (labels.shape() != scores.shape())
    throw ShapeError(str("Shapes of y_true and y_pred are incompatible: y_true has ",
                         y_true.shape(), ", y_pred has ", y_pred.shape(), "."));
  Tensor right = ops::cast(ops::not_equal(labels, 0), DType::kFloat32);
  Tensor wrong = 1.0 - right;
  const Tensor weights = weights_for(unsliced, scores, sample_weight, options);
  if (weights.defined()) {
    right = right * weights;
    wrong = wrong * weights;
  }
  ConfusionCounts counts;
  if (options.multi_label) {
    const Tensor positive = positives(scores, options.thresholds);
    counts.true_positives = ops::sum(positive * right, {.axis = 1});
    counts.false_positives = ops::sum(positive * wrong, {.axis = 1});
    counts.false_negatives = ops::sum(right, {.axis = 0}) - counts.true_positives;
    counts.true_negatives = ops::sum(wrong, {.axis = 0}) - counts.false_positives;
    return counts;
  }
  const Tensor positive = positives(ops::ravel(scores), options.thresholds);
  counts.true_positives = ops::matmul(positive, ops::ravel(right));
  counts.false_positives = ops::matmul(positive, ops::ravel(wrong));
  counts.false_negatives = ops::sum(right) - counts.true_positives;
  counts.true_negatives = ops::sum(wrong) - counts.false_positives;
  return counts;
}

}  // namespace keras::metrics
