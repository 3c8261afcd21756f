#include "keras/metrics/regression_metrics.h"

#include <memory>
#include <string>
#include <utility>

#include "keras/config/config.h"
#include "keras/losses/loss_functions.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/function_metric.h"
#include "keras/metrics/mean_impl.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

std::string named(const std::string& name, const char* fallback) {
  return name.empty() ? fallback : name;
}

class RootMeanSquaredErrorImpl final : public MeanImpl {
 public:
  RootMeanSquaredErrorImpl(std::string name, const std::string& dtype)
      : MeanImpl("RootMeanSquaredError", std::move(name), dtype) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const auto [truth, prediction] = losses::squeeze_or_expand_to_same_rank(
        ops::cast(y_true, dtype()), ops::cast(y_pred, dtype()));
    MeanImpl::update_values(ops::square(prediction - truth), sample_weight);
  }
  void update_values(const Tensor& values, const Tensor& sample_weight) override {
    MetricImpl::update_values(values, sample_weight);
  }
  Tensor result() const override { return ops::sqrt(MeanImpl::result()); }
};

/// Python's Keras forgets the axis in its configs; it is written only where it matters.
Config axis_config(int axis) {
  if (axis == -1) return Config::dict();
  return {{"axis", axis}};
}

/// y less its mean along an axis.
Tensor centered(const Tensor& y, int axis) {
  return y - ops::mean(y, {.axis = axis, .keepdims = true});
}

Tensor pearson_correlation(const Tensor& y_true, const Tensor& y_pred, int axis) {
  const auto [truth, prediction] =
      losses::squeeze_or_expand_to_same_rank(ops::cast(y_true, y_pred.dtype()), y_pred);
  const auto unit = [axis](const Tensor& y) {
    const Tensor deviation = centered(y, axis);
    return deviation / ops::std(deviation, {.axis = axis, .keepdims = true});
  };
  return ops::mean(unit(truth) * unit(prediction), {.axis = axis});
}

Tensor concordance_correlation(const Tensor& y_true, const Tensor& y_pred, int axis) {
  const auto [truth, prediction] =
      losses::squeeze_or_expand_to_same_rank(ops::cast(y_true, y_pred.dtype()), y_pred);
  const ops::ReduceOptions along{.axis = axis, .keepdims = true};
  const Tensor true_mean = ops::mean(truth, along);
  const Tensor pred_mean = ops::mean(prediction, along);
  const Tensor norm = ops::var(truth - true_mean, along) + ops::var(prediction - pred_mean, along) +
                      ops::square(true_mean - pred_mean);
  const Tensor covariance = (truth - pred_mean) * (prediction - pred_mean);
  return ops::mean(covariance * 2 / (norm + config::epsilon()), {.axis = axis});
}

}  // namespace

MeanSquaredError::MeanSquaredError(MetricOptions options)
    : Metric(function_metric("MeanSquaredError", named(options.name, "mean_squared_error"),
                             options.dtype, losses::mean_squared_error, Config::dict())) {}

MeanAbsoluteError::MeanAbsoluteError(MetricOptions options)
    : Metric(function_metric("MeanAbsoluteError", named(options.name, "mean_absolute_error"),
                             options.dtype, losses::mean_absolute_error, Config::dict())) {}

MeanAbsolutePercentageError::MeanAbsolutePercentageError(MetricOptions options)
    : Metric(function_metric("MeanAbsolutePercentageError",
                             named(options.name, "mean_absolute_percentage_error"), options.dtype,
                             losses::mean_absolute_percentage_error, Config::dict())) {}

MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(MetricOptions options)
    : Metric(function_metric("MeanSquaredLogarithmicError",
                             named(options.name, "mean_squared_logarithmic_error"), options.dtype,
                             losses::mean_squared_logarithmic_error, Config::dict())) {}

LogCoshError::LogCoshError(MetricOptions options)
    : Metric(function_metric("LogCoshError", named(options.name, "logcosh"), options.dtype,
                             losses::log_cosh, Config::dict())) {}

RootMeanSquaredError::RootMeanSquaredError(MetricOptions options)
    : Metric(std::make_shared<RootMeanSquaredErrorImpl>(
          named(options.name, "root_mean_squared_error"), options.dtype)) {}

CosineSimilarity::CosineSimilarity(CosineSimilarityOptions options)
    : Metric(function_metric(
          "CosineSimilarity", named(options.name, "cosine_similarity"), options.dtype,
          [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
            return -losses::cosine_similarity(y_true, y_pred, axis);
          },
          axis_config(options.axis))) {}

PearsonCorrelation::PearsonCorrelation(PearsonCorrelationOptions options)
    : Metric(function_metric(
          "PearsonCorrelation", named(options.name, "pearson_correlation"), options.dtype,
          [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
            return pearson_correlation(y_true, y_pred, axis);
          },
          Config{{"axis", options.axis}})) {}

ConcordanceCorrelation::ConcordanceCorrelation(ConcordanceCorrelationOptions options)
    : Metric(function_metric(
          "ConcordanceCorrelation", named(options.name, "concordance_correlation"), options.dtype,
          [axis = options.axis](const Tensor& y_true, const Tensor& y_pred) {
            return concordance_correlation(y_true, y_pred, axis);
          },
          Config{{"axis", options.axis}})) {}

}  // namespace keras::metrics
