#pragma once

#include <string>
#include <string_view>

#include "keras/metrics/metric.h"

namespace keras::metrics {

/// Values and weights with one entry a sample.
struct SampleValues {
  Tensor values;
  Tensor sample_weight;  ///< undefined where none was given
};
enum class SampleReduction { kSum, kMean };
/// Works weights in and reduces all axes but the first.
SampleValues reduce_to_samples(const Tensor& values, const Tensor& sample_weight,
                               SampleReduction reduction, DType dtype);

/// A running weighted mean: what most metrics are.
class MeanImpl : public MetricImpl {
 public:
  MeanImpl(std::string_view class_name, std::string name, const std::string& dtype);
  void update_values(const Tensor& values, const Tensor& sample_weight) override;
  Tensor result() const override;

 private:
  Variable total_;
  Variable count_;
};

}  // namespace keras::metrics
