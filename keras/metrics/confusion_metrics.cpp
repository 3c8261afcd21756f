#include "keras/metrics/confusion_metrics.h"

#include <memory>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/confusion_counts.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

using losses::divide_no_nan;

/// Below every score that top_k leaves in.
constexpr double kNever = -1e10;

std::vector<double> checked(const Thresholds& thresholds, double fallback) {
  if (!thresholds.given()) return {fallback};
  for (const double value : thresholds.values())
    if (!(value >= 0 && value <= 1))
      throw ValueError(str("Threshold values must be in [0, 1]. Received: ", value));
  return thresholds.values();
}

Config optional_config(const std::optional<int>& value) {
  if (!value) return {};
  return *value;
}

Tensor scalar_if_single(const Tensor& values) {
  return values.size() == 1 ? ops::reshape(values, {}) : values;
}

void add_to(const Variable& variable, const Tensor& counts) {
  variable.assign(variable.value() + counts);
}

class CountImpl final : public MetricImpl {
 public:
  CountImpl(std::string_view class_name, Tensor ConfusionCounts::*kind,
            ConfusionCountOptions options)
      : MetricImpl(class_name, std::move(options.name), options.dtype),
        kind_(kind),
        given_(options.thresholds),
        counting_{.thresholds = checked(given_, 0.5)},
        accumulator_(add_variable(Shape{static_cast<std::int64_t>(counting_.thresholds.size())},
                                  "accumulator")) {}
  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("thresholds", given_.config());
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    add_to(accumulator_, count_confusions(y_true, y_pred, sample_weight, counting_).*kind_);
  }
  Tensor result() const override { return scalar_if_single(accumulator_.value()); }

 private:
  Tensor ConfusionCounts::*kind_;
  Thresholds given_;
  ConfusionOptions counting_;
  Variable accumulator_;
};

/// Precision and recall: true positives over themselves and one kind of error.
class RateImpl final : public MetricImpl {
 public:
  template <typename Options>
  RateImpl(std::string_view class_name, Tensor ConfusionCounts::*error, const char* error_name,
           Options options)
      : MetricImpl(class_name, std::move(options.name), options.dtype),
        error_(error),
        given_(options.thresholds),
        counting_{.thresholds = checked(given_, options.top_k ? kNever : 0.5),
                  .top_k = options.top_k,
                  .class_id = options.class_id} {
    const Shape shape{static_cast<std::int64_t>(counting_.thresholds.size())};
    true_positives_ = add_variable(shape, "true_positives");
    errors_ = add_variable(shape, error_name);
  }
  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("thresholds", given_.config());
    config.set("top_k", optional_config(counting_.top_k));
    config.set("class_id", optional_config(counting_.class_id));
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const ConfusionCounts counts = count_confusions(y_true, y_pred, sample_weight, counting_);
    add_to(true_positives_, counts.true_positives);
    add_to(errors_, counts.*error_);
  }
  Tensor result() const override {
    const Tensor hits = true_positives_.value();
    return scalar_if_single(divide_no_nan(hits, hits + errors_.value()));
  }

 private:
  Tensor ConfusionCounts::*error_;
  Thresholds given_;
  ConfusionOptions counting_;
  Variable true_positives_;
  Variable errors_;
};

Tensor sensitivity(const ConfusionCounts& c) {
  return divide_no_nan(c.true_positives, c.true_positives + c.false_negatives);
}
Tensor specificity(const ConfusionCounts& c) {
  return divide_no_nan(c.true_negatives, c.true_negatives + c.false_positives);
}
Tensor precision(const ConfusionCounts& c) {
  return divide_no_nan(c.true_positives, c.true_positives + c.false_positives);
}

/// One rate at its best where another reaches a value.
struct Trade {
  const char* class_name;
  const char* argument;
  Tensor (*constrained)(const ConfusionCounts&);
  Tensor (*best)(const ConfusionCounts&);
};

std::vector<double> trade_thresholds(int count) {
  if (count < 1)
    throw ValueError(
        str("Argument `num_thresholds` must be an integer > 0. Received: num_thresholds=", count));
  if (count == 1) return {0.5};
  return even_thresholds(count);
}

class TradeImpl final : public MetricImpl {
 public:
  TradeImpl(Trade trade, double value, AtThresholdOptions options)
      : MetricImpl(trade.class_name, std::move(options.name), options.dtype),
        trade_(trade),
        value_(value),
        num_thresholds_(options.num_thresholds),
        counting_{.thresholds = trade_thresholds(options.num_thresholds),
                  .class_id = options.class_id} {
    if (!(value >= 0 && value <= 1))
      throw ValueError(str("Argument `", trade.argument,
                           "` must be in the range [0, 1]. Received: ", trade.argument, "=",
                           value));
    const Shape shape{static_cast<std::int64_t>(counting_.thresholds.size())};
    true_positives_ = add_variable(shape, "true_positives");
    false_positives_ = add_variable(shape, "false_positives");
    true_negatives_ = add_variable(shape, "true_negatives");
    false_negatives_ = add_variable(shape, "false_negatives");
  }
  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("class_id", optional_config(counting_.class_id));
    config.set("num_thresholds", num_thresholds_);
    config.set(trade_.argument, value_);
    return config;
  }
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const ConfusionCounts counts = count_confusions(y_true, y_pred, sample_weight, counting_);
    add_to(true_positives_, counts.true_positives);
    add_to(false_positives_, counts.false_positives);
    add_to(true_negatives_, counts.true_negatives);
    add_to(false_negatives_, counts.false_negatives);
  }
  Tensor result() const override {
    const ConfusionCounts totals{.true_positives = true_positives_.value(),
                                 .true_negatives = true_negatives_.value(),
                                 .false_positives = false_positives_.value(),
                                 .false_negatives = false_negatives_.value()};
    const Tensor feasible = ops::greater_equal(trade_.constrained(totals), value_);
    return ops::max(ops::where(feasible, trade_.best(totals), 0));
  }

 private:
  Trade trade_;
  double value_;
  int num_thresholds_;
  ConfusionOptions counting_;
  Variable true_positives_;
  Variable false_positives_;
  Variable true_negatives_;
  Variable false_negatives_;
};

}  // namespace

Config Thresholds::config() const {
  if (values_.empty()) return {};
  if (single_) return values_.front();
  return Config::list_of(values_);
}

Thresholds Thresholds::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_number()) return config.as_double();
  std::vector<double> values;
  for (const auto& value : config.as_list()) values.push_back(value.as_double());
  return values;
}

TruePositives::TruePositives(ConfusionCountOptions options)
    : Metric(std::make_shared<CountImpl>("TruePositives", &ConfusionCounts::true_positives,
                                         std::move(options))) {}
TrueNegatives::TrueNegatives(ConfusionCountOptions options)
    : Metric(std::make_shared<CountImpl>("TrueNegatives", &ConfusionCounts::true_negatives,
                                         std::move(options))) {}
FalsePositives::FalsePositives(ConfusionCountOptions options)
    : Metric(std::make_shared<CountImpl>("FalsePositives", &ConfusionCounts::false_positives,
                                         std::move(options))) {}
FalseNegatives::FalseNegatives(ConfusionCountOptions options)
    : Metric(std::make_shared<CountImpl>("FalseNegatives", &ConfusionCounts::false_negatives,
                                         std::move(options))) {}

Precision::Precision(PrecisionOptions options)
    : Metric(std::make_shared<RateImpl>("Precision", &ConfusionCounts::false_positives,
                                        "false_positives", std::move(options))) {}
Recall::Recall(RecallOptions options)
    : Metric(std::make_shared<RateImpl>("Recall", &ConfusionCounts::false_negatives,
                                        "false_negatives", std::move(options))) {}

SensitivityAtSpecificity::SensitivityAtSpecificity(double specificity_, AtThresholdOptions options)
    : Metric(std::make_shared<TradeImpl>(
          Trade{"SensitivityAtSpecificity", "specificity", specificity, sensitivity}, specificity_,
          std::move(options))) {}
SpecificityAtSensitivity::SpecificityAtSensitivity(double sensitivity_, AtThresholdOptions options)
    : Metric(std::make_shared<TradeImpl>(
          Trade{"SpecificityAtSensitivity", "sensitivity", sensitivity, specificity}, sensitivity_,
          std::move(options))) {}
PrecisionAtRecall::PrecisionAtRecall(double recall, AtThresholdOptions options)
    : Metric(
          std::make_shared<TradeImpl>(Trade{"PrecisionAtRecall", "recall", sensitivity, precision},
                                      recall, std::move(options))) {}
RecallAtPrecision::RecallAtPrecision(double precision_, AtThresholdOptions options)
    : Metric(std::make_shared<TradeImpl>(
          Trade{"RecallAtPrecision", "precision", precision, sensitivity}, precision_,
          std::move(options))) {}

}  // namespace keras::metrics
