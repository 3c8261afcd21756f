#include "keras/metrics/reduction_metrics.h"

#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/losses/weighting.h"
#include "keras/metrics/function_metric.h"
#include "keras/metrics/mean_impl.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

/// Reduces the axes [from, to).
Tensor reduce(const Tensor& x, int from, int to, SampleReduction reduction) {
  std::vector<int> axes(static_cast<std::size_t>(to - from));
  std::iota(axes.begin(), axes.end(), from);
  if (reduction == SampleReduction::kSum) return ops::sum(x, {.axis = std::move(axes)});
  return ops::mean(x, {.axis = std::move(axes)});
}

class SumImpl final : public MetricImpl {
 public:
  explicit SumImpl(MetricOptions options)
      : MetricImpl("Sum", options.name.empty() ? "sum" : std::move(options.name), options.dtype),
        total_(add_variable({}, "total", dtype())) {}
  void update_values(const Tensor& values, const Tensor& sample_weight) override {
    const SampleValues samples =
        reduce_to_samples(values, sample_weight, SampleReduction::kSum, dtype());
    total_.assign(total_.value() + ops::sum(samples.values));
  }
  Tensor result() const override { return total_.value(); }

 private:
  Variable total_;
};

}  // namespace

SampleValues reduce_to_samples(const Tensor& given_values, const Tensor& given_weight,
                               SampleReduction reduction, DType dtype) {
  Tensor values = ops::cast(given_values, dtype);
  Tensor weight;
  if (given_weight.defined()) {
    weight = losses::apply_mask(ops::cast(given_weight, dtype), given_values.mask(), dtype, "sum");
    std::tie(values, weight) = losses::squeeze_or_expand_to_same_rank(values, weight);
    const int weight_rank = weight.rank();
    if (values.rank() > weight_rank) values = reduce(values, weight_rank, values.rank(), reduction);
    weight = ops::broadcast_to(weight, values.shape());
    values = values * weight;
    if (weight_rank > 1) weight = reduce(weight, 1, weight_rank, reduction);
  }
  if (values.rank() > 1) values = reduce(values, 1, values.rank(), reduction);
  return {values, weight};
}

MeanImpl::MeanImpl(std::string_view class_name, std::string name, const std::string& dtype)
    : MetricImpl(class_name, std::move(name), dtype),
      total_(add_variable({}, "total", MetricImpl::dtype())),
      count_(add_variable({}, "count", MetricImpl::dtype())) {}

void MeanImpl::update_values(const Tensor& values, const Tensor& sample_weight) {
  const SampleValues samples =
      reduce_to_samples(values, sample_weight, SampleReduction::kMean, dtype());
  total_.assign(total_.value() + ops::sum(samples.values));
  const Tensor count = samples.sample_weight.defined()
                           ? ops::sum(samples.sample_weight)
                           : Tensor(static_cast<double>(samples.values.size()));
  count_.assign(count_.value() + count);
}

Tensor MeanImpl::result() const { return losses::divide_no_nan(total_.value(), count_.value()); }

Mean::Mean(MetricOptions options)
    : Metric(std::make_shared<MeanImpl>(
          "Mean", options.name.empty() ? "mean" : std::move(options.name), options.dtype)) {}

Sum::Sum(MetricOptions options) : Metric(std::make_shared<SumImpl>(std::move(options))) {}

MeanMetricWrapper::MeanMetricWrapper(Metric::Function fn, MetricOptions options)
    : Metric(function_metric("MeanMetricWrapper", std::move(options.name), std::move(options.dtype),
                             std::move(fn))) {}

}  // namespace keras::metrics
