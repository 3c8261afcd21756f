#include "keras/metrics/accuracy_metrics.h"

#include <string>

#include "keras/metrics/function_metric.h"

namespace keras::metrics {
namespace {

std::string named(const std::string& name, const char* fallback) {
  return name.empty() ? fallback : name;
}

Config top_k_config(const SparseTopKCategoricalAccuracyOptions& options) {
  Config config{{"k", options.k}};
  if (options.from_sorted_ids) config.set("from_sorted_ids", true);
  return config;
}

}  // namespace

Accuracy::Accuracy(MetricOptions options)
    : Metric(function_metric("Accuracy", named(options.name, "accuracy"), options.dtype, accuracy,
                             Config::dict())) {}

BinaryAccuracy::BinaryAccuracy(BinaryAccuracyOptions options)
    : Metric(function_metric(
          "BinaryAccuracy", named(options.name, "binary_accuracy"), options.dtype,
          [threshold = options.threshold](const Tensor& y_true, const Tensor& y_pred) {
            return binary_accuracy(y_true, y_pred, threshold);
          },
          Config{{"threshold", options.threshold}})) {}

CategoricalAccuracy::CategoricalAccuracy(MetricOptions options)
    : Metric(function_metric("CategoricalAccuracy", named(options.name, "categorical_accuracy"),
                             options.dtype, categorical_accuracy, Config::dict())) {}

SparseCategoricalAccuracy::SparseCategoricalAccuracy(MetricOptions options)
    : Metric(function_metric("SparseCategoricalAccuracy",
                             named(options.name, "sparse_categorical_accuracy"), options.dtype,
                             sparse_categorical_accuracy, Config::dict())) {}

TopKCategoricalAccuracy::TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions options)
    : Metric(function_metric(
          "TopKCategoricalAccuracy", named(options.name, "top_k_categorical_accuracy"),
          options.dtype,
          [k = options.k](const Tensor& y_true, const Tensor& y_pred) {
            return top_k_categorical_accuracy(y_true, y_pred, k);
          },
          Config{{"k", options.k}})) {}

SparseTopKCategoricalAccuracy::SparseTopKCategoricalAccuracy(
    SparseTopKCategoricalAccuracyOptions options)
    : Metric(function_metric(
          "SparseTopKCategoricalAccuracy", named(options.name, "sparse_top_k_categorical_accuracy"),
          options.dtype,
          [k = options.k,
           sorted = options.from_sorted_ids ? FromSortedIds::kYes : FromSortedIds::kNo](
              const Tensor& y_true, const Tensor& y_pred) {
            return sparse_top_k_categorical_accuracy(y_true, y_pred, k, sorted);
          },
          top_k_config(options))) {}

}  // namespace keras::metrics
