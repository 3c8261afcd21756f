#include "keras/metrics/auc.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/losses/weighting.h"
#include "keras/metrics/confusion_counts.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

using losses::divide_no_nan;

AUCOptions checked(AUCOptions options) {
  std::transform(options.curve.begin(), options.curve.end(), options.curve.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  if (options.curve != "ROC" && options.curve != "PR" && options.curve != "PRGAIN")
    throw ValueError(str("Invalid AUC curve value: \"", options.curve,
                         "\". Expected values are [\"PR\", \"ROC\", \"PRGAIN\"]"));
  std::string& method = options.summation_method;
  if (!method.empty() && method[0] >= 'A' && method[0] <= 'Z')
    method[0] = static_cast<char>(method[0] - 'A' + 'a');
  if (method != "interpolation" && method != "majoring" && method != "minoring")
    throw ValueError(
        str("Invalid AUC summation method value: \"", method,
            "\". Expected values are [\"interpolation\", \"majoring\", \"minoring\"]"));
  if (!options.thresholds && options.num_thresholds <= 1)
    throw ValueError(
        str("Argument `num_thresholds` must be an integer > 1. Received: num_thresholds=",
            options.num_thresholds));
  if (options.num_labels && !options.multi_label)
    throw ValueError("`num_labels` is needed only when `multi_label` is True.");
  if (options.thresholds) {
    std::sort(options.thresholds->begin(), options.thresholds->end());
    options.num_thresholds = static_cast<int>(options.thresholds->size()) + 2;
  }
  return options;
}

std::vector<double> thresholds_of(const AUCOptions& options) {
  std::vector<double> thresholds = even_thresholds(options.num_thresholds);
  if (options.thresholds)
    std::copy(options.thresholds->begin(), options.thresholds->end(), thresholds.begin() + 1);
  thresholds.front() = -config::epsilon();
  thresholds.back() = 1.0 + config::epsilon();
  return thresholds;
}

Tensor without_last(const Tensor& x) { return ops::slice_axis(x, 0, 0, x.shape()[0] - 1); }
Tensor without_first(const Tensor& x) { return ops::slice_axis(x, 0, 1, x.shape()[0]); }

struct Curve {
  Tensor x;
  Tensor y;
};

Curve roc_curve(const ConfusionCounts& c) {
  return {divide_no_nan(c.false_positives, c.false_positives + c.true_negatives),
          divide_no_nan(c.true_positives, c.true_positives + c.false_negatives)};
}

Curve pr_curve(const ConfusionCounts& c) {
  return {divide_no_nan(c.true_positives, c.true_positives + c.false_negatives),
          divide_no_nan(c.true_positives, c.true_positives + c.false_positives)};
}

/// Flach and Kull, "Precision-recall-gain curves" (2015).
Curve pr_gain_curve(const ConfusionCounts& c) {
  const Tensor scale =
      divide_no_nan(c.true_positives + c.false_negatives, c.true_negatives + c.false_positives);
  const Tensor none = ops::equal(c.true_positives, 0.0);
  const auto gain = [&](const Tensor& errors, double fallback) {
    return ops::where(none, fallback, 1.0 - scale * divide_no_nan(errors, c.true_positives));
  };
  return {ops::maximum(gain(c.false_negatives, 0.0), 0.0), gain(c.false_positives, 1.0)};
}

class AUCImpl final : public MetricImpl {
 public:
  explicit AUCImpl(AUCOptions options)
      : MetricImpl("AUC", options.name, options.dtype),
        options_(checked(std::move(options))),
        counting_{.thresholds = thresholds_of(options_), .multi_label = options_.multi_label} {
    // The labels' areas are weighted in the result, not here.
    if (!options_.multi_label) counting_.label_weights = options_.label_weights;
    if (!options_.multi_label) {
      add_counts(Shape{options_.num_thresholds});
    } else if (options_.num_labels) {
      add_counts(Shape{options_.num_thresholds, *options_.num_labels});
    }
  }

  void build(const Shape& /*y_true*/, const Shape& y_pred) override {
    if (true_positives_.defined()) return;
    if (y_pred.rank() != 2)
      throw ValueError(str("`y_pred` must have rank 2 when `multi_label=True`. Found rank ",
                           y_pred.rank(), ". Full shape received for `y_pred`: ", y_pred));
    add_counts(Shape{options_.num_thresholds, y_pred[1]});
  }

  Config get_config() const override {
    Config config = MetricImpl::get_config();
    config.set("num_thresholds", options_.num_thresholds);
    config.set("curve", options_.curve);
    config.set("summation_method", options_.summation_method);
    config.set("multi_label", options_.multi_label);
    config.set("num_labels", nullptr);
    if (options_.num_labels) config.set("num_labels", *options_.num_labels);
    config.set("label_weights", nullptr);
    if (!options_.label_weights.empty())
      config.set("label_weights", Config::list_of(options_.label_weights));
    config.set("from_logits", options_.from_logits);
    if (options_.thresholds) config.set("thresholds", Config::list_of(*options_.thresholds));
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const Tensor scores = options_.from_logits ? ops::sigmoid(y_pred) : y_pred;
    const ConfusionCounts counts = count_confusions(y_true, scores, sample_weight, counting_);
    true_positives_.assign(true_positives_.value() + counts.true_positives);
    false_positives_.assign(false_positives_.value() + counts.false_positives);
    true_negatives_.assign(true_negatives_.value() + counts.true_negatives);
    false_negatives_.assign(false_negatives_.value() + counts.false_negatives);
  }

  Tensor result() const override {
    if (!true_positives_.defined()) return ops::zeros({});
    const ConfusionCounts totals{.true_positives = true_positives_.value(),
                                 .true_negatives = true_negatives_.value(),
                                 .false_positives = false_positives_.value(),
                                 .false_negatives = false_negatives_.value()};
    if (options_.curve == "PR" && options_.summation_method == "interpolation")
      return averaged(interpolated_pr_terms(totals));
    const Curve curve = options_.curve == "ROC"  ? roc_curve(totals)
                        : options_.curve == "PR" ? pr_curve(totals)
                                                 : pr_gain_curve(totals);
    return averaged((without_last(curve.x) - without_first(curve.x)) * heights(curve.y));
  }

 private:
  void add_counts(const Shape& shape) {
    true_positives_ = add_variable(shape, "true_positives");
    false_positives_ = add_variable(shape, "false_positives");
    true_negatives_ = add_variable(shape, "true_negatives");
    false_negatives_ = add_variable(shape, "false_negatives");
  }

  Tensor heights(const Tensor& y) const {
    if (options_.summation_method == "interpolation")
      return (without_last(y) + without_first(y)) / 2.0;
    if (options_.summation_method == "minoring")
      return ops::minimum(without_last(y), without_first(y));
    return ops::maximum(without_last(y), without_first(y));
  }

  static Tensor interpolated_pr_terms(const ConfusionCounts& c) {
    const Tensor hits = without_first(c.true_positives);
    const Tensor new_hits = without_last(c.true_positives) - hits;
    const Tensor predicted = c.true_positives + c.false_positives;
    const Tensor before = without_last(predicted);
    const Tensor after = without_first(predicted);
    const Tensor slope = divide_no_nan(new_hits, ops::maximum(before - after, 0));
    const Tensor intercept = hits - slope * after;
    const Tensor both = ops::logical_and(ops::greater(before, 0), ops::greater(after, 0));
    const Tensor ratio = ops::where(both, divide_no_nan(before, ops::maximum(after, 0)), 1.0);
    return divide_no_nan(slope * (new_hits + intercept * ops::log(ratio)),
                         ops::maximum(hits + without_first(c.false_negatives), 0));
  }

  Tensor averaged(const Tensor& terms) const {
    const Tensor areas = ops::sum(terms, {.axis = 0});
    if (!options_.multi_label) return areas;
    if (options_.label_weights.empty()) return ops::mean(areas);
    const std::vector<float> values(options_.label_weights.begin(), options_.label_weights.end());
    const Tensor weights = Tensor::from(values, Shape{static_cast<std::int64_t>(values.size())});
    return divide_no_nan(ops::sum(areas * weights), ops::sum(weights));
  }

  AUCOptions options_;
  ConfusionOptions counting_;
  Variable true_positives_;
  Variable false_positives_;
  Variable true_negatives_;
  Variable false_negatives_;
};

}  // namespace

AUC::AUC(AUCOptions options) : Metric(std::make_shared<AUCImpl>(std::move(options))) {}

}  // namespace keras::metrics
