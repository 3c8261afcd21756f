#include "keras/metrics/function_metric.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/mean_impl.h"

namespace keras::metrics {
namespace {

class FunctionMetric final : public MeanImpl {
 public:
  FunctionMetric(std::string_view class_name, std::string name, std::string dtype,
                 Metric::Function function, std::optional<Config> config)
      : MeanImpl(class_name, std::move(name), dtype),
        dtype_text_(std::move(dtype)),
        function_(std::move(function)),
        config_(std::move(config)) {}

  Config get_config() const override {
    if (!config_)
      throw ValueError("A metric that is a plain function cannot be saved.",
                       "derive it from MetricImpl and register it with register_metric.");
    Config config = MetricImpl::get_config();
    for (const auto& [key, value] : config_->as_dict()) config.set(key, value);
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const Tensor weight = losses::apply_mask(sample_weight, y_pred.mask(), dtype(), "sum");
    MeanImpl::update_values(function_(y_true, y_pred), weight);
  }
  void update_values(const Tensor& values, const Tensor& sample_weight) override {
    MetricImpl::update_values(values, sample_weight);
  }
  std::shared_ptr<MetricImpl> clone() const override {
    return std::make_shared<FunctionMetric>(class_name(), name(), dtype_text_, function_, config_);
  }

 private:
  std::string dtype_text_;
  Metric::Function function_;
  std::optional<Config> config_;
};

}  // namespace

Metric function_metric(std::string_view class_name, std::string name, std::string dtype,
                       Metric::Function function, std::optional<Config> config) {
  return Metric(std::make_shared<FunctionMetric>(class_name, std::move(name), std::move(dtype),
                                                 std::move(function), std::move(config)));
}

}  // namespace keras::metrics
