#include "keras/metrics/f_score_metrics.h"

#include <memory>
#include <string_view>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

FBetaScoreOptions checked(FBetaScoreOptions options) {
  const auto& average = options.average;
  if (average && *average != "micro" && *average != "macro" && *average != "weighted")
    throw ValueError(
        str("Invalid `average` argument value. Expected one of: {None, 'micro', 'macro', "
            "'weighted'}. Received: average=",
            *average));
  if (!(options.beta > 0))
    throw ValueError(
        str("Invalid `beta` argument value. It should be > 0. Received: beta=", options.beta));
  const auto& threshold = options.threshold;
  if (threshold && !(*threshold > 0 && *threshold <= 1))
    throw ValueError(
        str("Invalid `threshold` argument value. It should verify 0 < threshold <= 1. Received: "
            "threshold=",
            *threshold));
  return options;
}

class FBetaScoreImpl final : public MetricImpl {
 public:
  FBetaScoreImpl(std::string_view class_name, FBetaScoreOptions options)
      : MetricImpl(class_name, options.name, options.dtype),
        options_(checked(std::move(options))) {}

  void build(const Shape& y_true, const Shape& y_pred) override {
    if (true_positives_.defined()) return;
    if (y_true.rank() != 2 || y_pred.rank() != 2)
      throw ValueError(
          str("FBetaScore expects 2D inputs with shape (batch_size, output_dim). Received input "
              "shapes: y_pred.shape=",
              y_pred, " and y_true.shape=", y_true, "."));
    const Shape shape = is_micro() ? Shape{} : Shape{y_pred[-1]};
    true_positives_ = add_variable(shape, "true_positives", dtype());
    false_positives_ = add_variable(shape, "false_positives", dtype());
    false_negatives_ = add_variable(shape, "false_negatives", dtype());
    weights_ = add_variable(shape, "intermediate_weights", dtype());
  }

  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("average", nullptr);
    if (options_.average) config.set("average", *options_.average);
    if (class_name() == "FBetaScore") config.set("beta", options_.beta);
    config.set("threshold", nullptr);
    if (options_.threshold) config.set("threshold", *options_.threshold);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const Tensor truth = ops::cast(y_true, dtype());
    const Tensor positive = ops::cast(is_positive(ops::cast(y_pred, dtype())), dtype());
    add(true_positives_, positive * truth, sample_weight);
    add(false_positives_, positive * (1 - truth), sample_weight);
    add(false_negatives_, (1 - positive) * truth, sample_weight);
    add(weights_, truth, sample_weight);
  }

  Tensor result() const override {
    if (!true_positives_.defined()) return ops::zeros({});
    const Tensor hits = true_positives_.value();
    const Tensor precision = hits / (hits + false_positives_.value() + config::epsilon());
    const Tensor recall = hits / (hits + false_negatives_.value() + config::epsilon());
    const double square = options_.beta * options_.beta;
    const Tensor score =
        precision * recall / (precision * square + recall + config::epsilon()) * (1 + square);
    if (!options_.average) return score;
    if (*options_.average != "weighted") return ops::mean(score);
    const Tensor weights = weights_.value();
    return ops::sum(score * (weights / (ops::sum(weights) + config::epsilon())));
  }

 private:
  bool is_micro() const { return options_.average && *options_.average == "micro"; }

  Tensor is_positive(const Tensor& scores) const {
    if (options_.threshold) return ops::greater(scores, *options_.threshold);
    const Tensor largest = ops::max(scores, {.axis = -1, .keepdims = true});
    // A row of zeros has no positive.
    return ops::logical_and(ops::greater_equal(scores, largest),
                            ops::greater(ops::abs(scores), 1e-9));
  }

  void add(const Variable& variable, const Tensor& values, const Tensor& sample_weight) const {
    Tensor weighted = values;
    if (sample_weight.defined())
      weighted = values * ops::expand_dims(ops::cast(sample_weight, dtype()), {.axis = 1});
    const Tensor total = is_micro() ? ops::sum(weighted) : ops::sum(weighted, {.axis = 0});
    variable.assign(variable.value() + total);
  }

  FBetaScoreOptions options_;
  Variable true_positives_;
  Variable false_positives_;
  Variable false_negatives_;
  Variable weights_;
};

FBetaScoreOptions named(FBetaScoreOptions options, const char* fallback) {
  if (options.name.empty()) options.name = fallback;
  return options;
}

}  // namespace

FBetaScore::FBetaScore(FBetaScoreOptions options)
    : Metric(std::make_shared<FBetaScoreImpl>("FBetaScore",
                                              named(std::move(options), "fbeta_score"))) {}

F1Score::F1Score(F1ScoreOptions options)
    : Metric(
          std::make_shared<FBetaScoreImpl>("F1Score", named({.average = std::move(options.average),
                                                             .beta = 1.0,
                                                             .threshold = options.threshold,
                                                             .name = std::move(options.name),
                                                             .dtype = std::move(options.dtype)},
                                                            "f1_score"))) {}

}  // namespace keras::metrics
