#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

struct AUCOptions {
  int num_thresholds = 200;
  std::string curve = "ROC";                       ///< or "PR", "PRGAIN"
  std::string summation_method = "interpolation";  ///< or "minoring", "majoring"
  std::string name = {};
  std::string dtype = {};
  std::optional<std::vector<double>> thresholds = {};  ///< instead of num_thresholds even ones
  bool multi_label = false;  ///< average the areas of the labels of (batch, labels)
  std::optional<int> num_labels = {};
  std::vector<double> label_weights = {};
  bool from_logits = false;
};
/// The area under a curve, from counts at thresholds; the PR curve is interpolated as Davis and
/// Goadrich (2006) do. Throws ValueError for unknown names, fewer than two thresholds, and
/// num_labels without multi_label. Keras: keras.metrics.AUC.
class AUC : public Metric {
 public:
  AUC(AUCOptions options = {});
};

}  // namespace keras::metrics
