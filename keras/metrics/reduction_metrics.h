#pragma once

#include <string>

#include "keras/metrics/metric.h"

namespace keras::metrics {

/// Arguments that every metric has.
struct MetricOptions {
  std::string name = {};
  std::string dtype = {};  ///< of the state; empty for "float32"
};

/// The weighted mean of values over all updates. Keras: keras.metrics.Mean.
class Mean : public Metric {
 public:
  Mean(MetricOptions options = {});
  void update_state(const Tensor& values, const Tensor& sample_weight = {}) const {
    update_values(values, sample_weight);
  }
};

/// The weighted sum of values over all updates. Keras: keras.metrics.Sum.
class Sum : public Metric {
 public:
  Sum(MetricOptions options = {});
  void update_state(const Tensor& values, const Tensor& sample_weight = {}) const {
    update_values(values, sample_weight);
  }
};

/// The mean of a function of y_true and y_pred. Keras: keras.metrics.MeanMetricWrapper.
class MeanMetricWrapper : public Metric {
 public:
  MeanMetricWrapper(Metric::Function fn, MetricOptions options = {});
};

}  // namespace keras::metrics
