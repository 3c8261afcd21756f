#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/metrics/reduction_metrics.h"

namespace keras::metrics {

/// A `thresholds` argument: nothing (0.5, as a rule), one number, or several, for which the metric
/// has a value each.
class Thresholds {
 public:
  Thresholds() = default;
  Thresholds(double threshold) : values_{threshold}, single_(true) {}
  Thresholds(std::initializer_list<double> thresholds) : values_(thresholds) {}
  Thresholds(std::vector<double> thresholds) : values_(std::move(thresholds)) {}

  bool given() const { return !values_.empty(); }
  const std::vector<double>& values() const { return values_; }
  /// As it was given: null, a number or a list.
  Config config() const;
  static Thresholds from_config(const Config& config);

 private:
  std::vector<double> values_;
  bool single_ = false;
};

struct ConfusionCountOptions {
  Thresholds thresholds = {};
  std::string name = {};
  std::string dtype = {};
};
/// The weighted number of true positives. Throws ValueError for thresholds outside of [0, 1].
/// Keras: keras.metrics.TruePositives, and so on for the next three.
class TruePositives : public Metric {
 public:
  TruePositives(ConfusionCountOptions options = {});
};
class TrueNegatives : public Metric {
 public:
  TrueNegatives(ConfusionCountOptions options = {});
};
class FalsePositives : public Metric {
 public:
  FalsePositives(ConfusionCountOptions options = {});
};
class FalseNegatives : public Metric {
 public:
  FalseNegatives(ConfusionCountOptions options = {});
};

struct PrecisionOptions {
  Thresholds thresholds = {};
  std::optional<int> top_k = {};     ///< only each entry's k largest scores can be positive
  std::optional<int> class_id = {};  ///< only this class counts
  std::string name = {};
  std::string dtype = {};
};
/// True positives among all that were predicted positive. Keras: keras.metrics.Precision.
class Precision : public Metric {
 public:
  Precision(PrecisionOptions options = {});
};

struct RecallOptions {
  Thresholds thresholds = {};
  std::optional<int> top_k = {};
  std::optional<int> class_id = {};
  std::string name = {};
  std::string dtype = {};
};
/// True positives among all that are positive. Keras: keras.metrics.Recall.
class Recall : public Metric {
 public:
  Recall(RecallOptions options = {});
};

struct AtThresholdOptions {
  int num_thresholds = 200;
  std::optional<int> class_id = {};
  std::string name = {};
  std::string dtype = {};
};
/// The best sensitivity where the specificity is at least the given one, which must be in [0, 1].
/// Keras: keras.metrics.SensitivityAtSpecificity, and so on for the next three.
class SensitivityAtSpecificity : public Metric {
 public:
  SensitivityAtSpecificity(double specificity, AtThresholdOptions options = {});
};
class SpecificityAtSensitivity : public Metric {
 public:
  SpecificityAtSensitivity(double sensitivity, AtThresholdOptions options = {});
};
class PrecisionAtRecall : public Metric {
 public:
  PrecisionAtRecall(double recall, AtThresholdOptions options = {});
};
class RecallAtPrecision : public Metric {
 public:
  RecallAtPrecision(double precision, AtThresholdOptions options = {});
};

}  // namespace keras::metrics
