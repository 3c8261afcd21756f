#include <memory>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/regression_metrics.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

class R2ScoreImpl final : public MetricImpl {
 public:
  explicit R2ScoreImpl(R2ScoreOptions options)
      : MetricImpl("R2Score", options.name.empty() ? "r2_score" : options.name, options.dtype),
        options_(std::move(options)),
        num_samples_(add_variable({}, "num_samples")) {
    const auto& aggregation = options_.class_aggregation;
    if (aggregation && *aggregation != "uniform_average" &&
        *aggregation != "variance_weighted_average")
      throw ValueError(
          str("Invalid value for argument `class_aggregation`. Expected one of (None, "
              "'uniform_average', 'variance_weighted_average'). Received: "
              "class_aggregation=",
              *aggregation));
    if (options_.num_regressors < 0)
      throw ValueError(
          str("Invalid value for argument `num_regressors`. Expected a value >= 0. Received: "
              "num_regressors=",
              options_.num_regressors));
  }

  void build(const Shape& y_true, const Shape& y_pred) override {
    if (sum_.defined()) return;
    if (y_true.rank() != 2 || y_pred.rank() != 2)
      throw ValueError(
          str("R2Score expects 2D inputs with shape (batch_size, output_dim). Received input "
              "shapes: y_pred.shape=",
              y_pred, " and y_true.shape=", y_true, "."));
    const Shape outputs{y_pred[-1]};
    squared_sum_ = add_variable(outputs, "squared_sum");
    sum_ = add_variable(outputs, "sum");
    residual_ = add_variable(outputs, "residual");
    count_ = add_variable(outputs, "count");
  }

  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("class_aggregation", nullptr);
    if (options_.class_aggregation) config.set("class_aggregation", *options_.class_aggregation);
    config.set("num_regressors", options_.num_regressors);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const Tensor truth = ops::cast(y_true, DType::kFloat32);
    const Tensor prediction = ops::cast(y_pred, DType::kFloat32);
    Tensor weight =
        sample_weight.defined() ? ops::cast(sample_weight, DType::kFloat32) : ops::ones({});
    if (weight.rank() == 1) weight = ops::expand_dims(weight, {.axis = 1});
    weight = ops::broadcast_to(weight, truth.shape());
    const Tensor weighted = truth * weight;
    add(sum_, weighted);
    add(squared_sum_, truth * weighted);
    add(residual_, ops::square(truth - prediction) * weight);
    add(count_, weight);
    num_samples_.assign(num_samples_.value() + static_cast<double>(truth.size()));
  }

  Tensor result() const override {
    if (!sum_.defined()) return ops::zeros({});
    const Tensor total = squared_sum_.value() - sum_.value() * (sum_.value() / count_.value());
    Tensor scores = 1.0 - residual_.value() / total;
    scores = ops::where(ops::isinf(scores), 0.0, scores);
    const Tensor score = aggregated(scores, total);
    if (options_.num_regressors == 0) return score;
    const double regressors = options_.num_regressors;
    const Tensor degrees = num_samples_.value() - (regressors + 1.0);
    const Tensor adjusted = 1.0 - (1.0 - score) * (num_samples_.value() - 1.0) / degrees;
    // With too few samples the adjustment says nothing.
    return ops::where(ops::greater(degrees, 0), adjusted, score);
  }

 private:
  static void add(const Variable& variable, const Tensor& values) {
    variable.assign(variable.value() + ops::sum(values, {.axis = 0}));
  }
  Tensor aggregated(const Tensor& scores, const Tensor& total) const {
    if (!options_.class_aggregation) return scores;
    if (*options_.class_aggregation == "uniform_average") return ops::mean(scores);
    return ops::sum(total * scores) / ops::sum(total);
  }

  R2ScoreOptions options_;
  Variable num_samples_;
  Variable squared_sum_;
  Variable sum_;
  Variable residual_;
  Variable count_;
};

}  // namespace

R2Score::R2Score(R2ScoreOptions options)
    : Metric(std::make_shared<R2ScoreImpl>(std::move(options))) {}

}  // namespace keras::metrics
