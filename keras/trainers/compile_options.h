#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/losses/loss.h"
#include "keras/metrics/metric.h"
#include "keras/optimizers/optimizer.h"
#include "keras/trainers/per_output.h"

namespace keras {

/// Metrics of one output: one or several.
class MetricGroup {
 public:
  MetricGroup() = default;
  template <std::convertible_to<Metric> M>
  MetricGroup(M&& metric) : metrics_{Metric(std::forward<M>(metric))}, single_(true) {}
  MetricGroup(std::initializer_list<Metric> metrics) : metrics_(metrics) {}
  MetricGroup(std::vector<Metric> metrics) : metrics_(std::move(metrics)) {}

  const std::vector<Metric>& metrics() const { return metrics_; }
  /// Written as one metric, not as a list.
  bool is_single() const { return single_; }

 private:
  std::vector<Metric> metrics_;
  bool single_ = false;
};

namespace trainers {

/// What a list of metrics is written with: a metric, or a MetricGroup where an output has several.
/// No list in braces, which would look the same as a name and a metric.
class MetricListItem {
 public:
  template <std::convertible_to<Metric> M>
  MetricListItem(M&& metric) : group_(Metric(std::forward<M>(metric))) {}
  MetricListItem(MetricGroup group) : group_(std::move(group)) {}
  operator MetricGroup() const { return group_; }

 private:
  MetricGroup group_;
};

using LossArgument = PerOutput<Loss>;
using LossWeightsArgument = PerOutput<double>;
using MetricsArgument = PerOutput<MetricGroup, MetricListItem>;

/// `jit_compile`: Keras's choice of XLA. Steps are compiled here unless `run_eagerly`.
using JitCompile = std::optional<bool>;

}  // namespace trainers

/// Arguments of `compile`. Keras: keras.Model.compile.
struct CompileOptions {
  Optimizer optimizer = "rmsprop";
  /// One for all outputs, a list, or by output name.
  trainers::LossArgument loss = {};
  /// Factors of the losses in what is minimized.
  trainers::LossWeightsArgument loss_weights = {};
  /// `{"accuracy"}`; of several outputs one entry each, or by name: `{{"a", "mse"}, {"b", {"mae",
  /// "mse"}}}`. Sample weights do not count here, they do in `weighted_metrics`.
  trainers::MetricsArgument metrics = {};
  trainers::MetricsArgument weighted_metrics = {};
  bool run_eagerly = false;     ///< operation by operation, for debugging
  int steps_per_execution = 1;  ///< batches between two calls of callbacks
  trainers::JitCompile jit_compile = {};
  /// Puts a LossScaleOptimizer around the optimizer where the policy is mixed_float16.
  bool auto_scale_loss = true;
};

}  // namespace keras
