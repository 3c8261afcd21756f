#include "keras/callbacks/monitor_callback.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::callbacks {
namespace {

/// The metrics of which more is better.
constexpr std::string_view kUpwards[] = {
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "Precision",
    "Recall",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "AUC",
    "PearsonCorrelation",
    "ConcordanceCorrelation",
    "FBetaScore",
    "F1Score",
    "IoU",
    "BinaryIoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "CosineSimilarity",
    "R2Score",
};

/// The metrics of which less is better.
constexpr std::string_view kDownwards[] = {
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
    "LogCoshError",
};

bool is_among(const auto& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// "accuracy", and the classes that the name stands for once the shapes are known.
bool is_accuracy(std::string_view name) { return name == "accuracy" || name == "acc"; }

}  // namespace

MonitorCallbackImpl::MonitorCallbackImpl(Monitor options) : options_(std::move(options)) {
  options_.min_delta = std::abs(options_.min_delta);
  const std::string& mode = options_.mode;
  if (mode == "auto" || mode == "min" || mode == "max") return;
  utils::warn(str(options_.class_name, " mode '", mode, "' is unknown, fallback to auto mode."));
  options_.mode = "auto";
}

MonitorCallbackImpl::Direction MonitorCallbackImpl::find_direction() const {
  if (options_.mode == "min") return Direction::kDown;
  if (options_.mode == "max") return Direction::kUp;
  std::string_view name = options_.monitor;
  if (name.starts_with("val_")) name.remove_prefix(4);
  for (const auto& metric : model().compiled_metrics()) {
    if (metric.name() != name) continue;
    if (is_among(kUpwards, metric.class_name()) || is_accuracy(name)) return Direction::kUp;
    if (is_among(kDownwards, metric.class_name())) return Direction::kDown;
  }
  return name == "loss" ? Direction::kDown : Direction::kUnknown;
}

bool MonitorCallbackImpl::is_improvement(double value, std::optional<double> reference) {
  if (direction_ == Direction::kUnknown) direction_ = find_direction();
  if (direction_ == Direction::kUnknown)
    throw ValueError(
        str(options_.class_name, " callback received monitor=", options_.monitor,
            ", but Keras isn't able to automatically determine whether that metric should be "
            "maximized or minimized."),
        "Pass `mode=\"max\"` in order to monitor based on the highest metric value, or pass "
        "`mode=\"min\"` in order to use the lowest value.");
  if (!reference) return true;
  if (direction_ == Direction::kUp) return value - options_.min_delta > *reference;
  return value + options_.min_delta < *reference;
}

}  // namespace keras::callbacks
