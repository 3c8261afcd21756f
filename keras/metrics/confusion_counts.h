#pragma once

#include <optional>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::metrics {

/// How predictions and labels are counted at thresholds.
struct ConfusionOptions {
  std::vector<double> thresholds;
  std::optional<int> top_k = {};     ///< only each entry's k largest scores can be positive
  std::optional<int> class_id = {};  ///< only this class counts
  bool multi_label = false;          ///< count each label of (batch, labels) by itself
  std::vector<double> label_weights = {};
};

/// Weighted counts at each threshold, float32: (thresholds,), or (thresholds, labels).
struct ConfusionCounts {
  Tensor true_positives;
  Tensor true_negatives;
  Tensor false_positives;
  Tensor false_negatives;
};

/// What a batch adds to the counts. A prediction is positive above the threshold; thresholds that
/// are evenly spread over [0, 1] take Keras's rounding for such ones.
ConfusionCounts count_confusions(const Tensor& y_true, const Tensor& y_pred,
                                 const Tensor& sample_weight, const ConfusionOptions& options);

/// Evenly spread over [0, 1], the ends included, at least two of them.
std::vector<double> even_thresholds(int count);

}  // namespace keras::metrics
