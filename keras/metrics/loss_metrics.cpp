#include "keras/metrics/loss_metrics.h"

#include <string>

#include "keras/losses/loss_functions.h"
#include "keras/metrics/function_metric.h"

namespace keras::metrics {
namespace {

std::string named(const std::string& name, const char* fallback) {
  return name.empty() ? fallback : name;
}

losses::CrossentropyOptions arguments_of(const BinaryCrossentropyOptions& options) {
  return {.from_logits = options.from_logits, .label_smoothing = options.label_smoothing};
}
losses::CrossentropyOptions arguments_of(const CategoricalCrossentropyOptions& options) {
  return {.from_logits = options.from_logits,
          .label_smoothing = options.label_smoothing,
          .axis = options.axis};
}
losses::SparseCategoricalCrossentropyFunctionOptions arguments_of(
    const SparseCategoricalCrossentropyOptions& options) {
  return {.from_logits = options.from_logits,
          .ignore_class = options.ignore_class,
          .axis = options.axis};
}

/// Keras's default is the integer 0.
Config smoothing_config(double smoothing) {
  if (smoothing == 0) return 0;
  return smoothing;
}

Config sparse_config(const SparseCategoricalCrossentropyOptions& options) {
  Config config{
      {"from_logits", options.from_logits}, {"ignore_class", nullptr}, {"axis", options.axis}};
  if (options.ignore_class) config.set("ignore_class", *options.ignore_class);
  return config;
}

}  // namespace

KLDivergence::KLDivergence(MetricOptions options)
    : Metric(function_metric("KLDivergence", named(options.name, "kl_divergence"), options.dtype,
                             losses::kl_divergence, Config::dict())) {}

Poisson::Poisson(MetricOptions options)
    : Metric(function_metric("Poisson", named(options.name, "poisson"), options.dtype,
                             losses::poisson, Config::dict())) {}

Hinge::Hinge(MetricOptions options)
    : Metric(function_metric("Hinge", named(options.name, "hinge"), options.dtype, losses::hinge,
                             Config::dict())) {}

SquaredHinge::SquaredHinge(MetricOptions options)
    : Metric(function_metric("SquaredHinge", named(options.name, "squared_hinge"), options.dtype,
                             losses::squared_hinge, Config::dict())) {}

CategoricalHinge::CategoricalHinge(MetricOptions options)
    : Metric(function_metric("CategoricalHinge", named(options.name, "categorical_hinge"),
                             options.dtype, losses::categorical_hinge, Config::dict())) {}

BinaryCrossentropy::BinaryCrossentropy(BinaryCrossentropyOptions options)
    : Metric(function_metric(
          "BinaryCrossentropy", named(options.name, "binary_crossentropy"), options.dtype,
          [arguments = arguments_of(options)](const Tensor& y_true, const Tensor& y_pred) {
            return losses::binary_crossentropy(y_true, y_pred, arguments);
          },
          Config{{"from_logits", options.from_logits},
                 {"label_smoothing", smoothing_config(options.label_smoothing)}})) {}

CategoricalCrossentropy::CategoricalCrossentropy(CategoricalCrossentropyOptions options)
    : Metric(function_metric(
          "CategoricalCrossentropy", named(options.name, "categorical_crossentropy"), options.dtype,
          [arguments = arguments_of(options)](const Tensor& y_true, const Tensor& y_pred) {
            return losses::categorical_crossentropy(y_true, y_pred, arguments);
          },
          Config{{"from_logits", options.from_logits},
                 {"label_smoothing", smoothing_config(options.label_smoothing)},
                 {"axis", options.axis}})) {}

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(
    SparseCategoricalCrossentropyOptions options)
    : Metric(function_metric(
          "SparseCategoricalCrossentropy", named(options.name, "sparse_categorical_crossentropy"),
          options.dtype,
          [arguments = arguments_of(options)](const Tensor& y_true, const Tensor& y_pred) {
            return losses::sparse_categorical_crossentropy(y_true, y_pred, arguments);
          },
          sparse_config(options))) {}

}  // namespace keras::metrics
