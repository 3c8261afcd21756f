#include "keras/metrics/iou_metrics.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::metrics {
namespace {

/// Everything that the five classes differ in.
struct IoUSpec {
  std::string_view class_name;
  int num_classes = 2;
  std::vector<int> target_class_ids;
  IoUOptions options;
  std::optional<double> threshold = {};
};

std::vector<int> all_classes(int num_classes) {
  std::vector<int> classes(static_cast<std::size_t>(std::max(num_classes, 0)));
  std::iota(classes.begin(), classes.end(), 0);
  return classes;
}

IoUOptions with_default_dtype(IoUOptions options) {
  if (options.dtype.empty()) options.dtype = "int32";
  return options;
}

class IoUImpl final : public MetricImpl {
 public:
  explicit IoUImpl(IoUSpec spec)
      : MetricImpl(spec.class_name, spec.options.name, with_default_dtype(spec.options).dtype),
        spec_(std::move(spec)) {
    for (const int target : spec_.target_class_ids)
      if (target < 0 || target >= spec_.num_classes)
        throw ValueError(str("Target class id ", target, " is out of range, which is [0, ",
                             spec_.num_classes, ")."));
    total_ = add_variable(Shape{spec_.num_classes, spec_.num_classes}, "total_confusion_matrix",
                          dtype());
  }

  Config get_config() const override {
    const IoUOptions& options = spec_.options;
    const bool is_mean = class_name() == "MeanIoU" || class_name() == "OneHotMeanIoU";
    Config config = Config::dict();
    const Config base = MetricImpl::get_config();
    if (class_name() == "IoU") config = base;
    if (!spec_.threshold) config.set("num_classes", spec_.num_classes);
    if (!is_mean) config.set("target_class_ids", Config::list_of(spec_.target_class_ids));
    if (spec_.threshold) config.set("threshold", *spec_.threshold);
    for (const auto& [key, value] : base.as_dict()) config.set(key, value);
    if (spec_.threshold) return config;
    config.set("ignore_class", nullptr);
    if (options.ignore_class) config.set("ignore_class", *options.ignore_class);
    const bool one_hot = class_name() == "OneHotIoU" || class_name() == "OneHotMeanIoU";
    if (!one_hot) config.set("sparse_y_true", options.sparse_y_true);
    config.set("sparse_y_pred", options.sparse_y_pred);
    config.set("axis", options.axis);
    return config;
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const Tensor& sample_weight) override {
    const Tensor truth = class_numbers(y_true, spec_.options.sparse_y_true);
    const Tensor prediction =
        spec_.threshold ? ops::cast(ops::ravel(ops::greater_equal(
                                        ops::cast(y_pred, DType::kFloat32), *spec_.threshold)),
                                    DType::kInt32)
                        : class_numbers(y_pred, spec_.options.sparse_y_pred);
    Tensor counts = ops::logical_and(in_range(truth), in_range(prediction));
    if (spec_.options.ignore_class)
      counts = ops::logical_and(counts, ops::not_equal(truth, *spec_.options.ignore_class));
    Tensor weight = ops::cast(counts, dtype());
    if (sample_weight.defined()) {
      Tensor given = ops::cast(sample_weight, dtype());
      if (given.rank() > 1) given = ops::ravel(given);
      weight = weight * given;
    }
    const Tensor rows = one_hot(truth, counts) * ops::expand_dims(weight, {.axis = 1});
    total_.assign(total_.value() + ops::matmul(ops::transpose(rows), one_hot(prediction, counts)));
  }

  Tensor result() const override {
    const std::int64_t n = spec_.num_classes;
    const Tensor total = total_.value();
    const Tensor diagonal =
        ops::cast(ops::equal(ops::iota({n, n}, 0), ops::iota({n, n}, 1)), dtype());
    const Tensor hits = ops::sum(total * diagonal, {.axis = 1});
    const Tensor unions = ops::sum(total, {.axis = 0}) + ops::sum(total, {.axis = 1}) - hits;
    const Tensor targets = Tensor::from(
        spec_.target_class_ids, Shape{static_cast<std::int64_t>(spec_.target_class_ids.size())});
    const auto of_targets = [&](const Tensor& x) {
      return ops::cast(ops::take(x, targets, {.axis = 0}), DType::kFloat32);
    };
    const Tensor denominator = of_targets(unions);
    const Tensor present = ops::cast(ops::greater(denominator, 1e-9), DType::kFloat32);
    // A class that does not occur counts for nothing.
    const Tensor ratios = of_targets(hits) / (denominator + config::epsilon()) * present;
    return ops::sum(ratios) / (ops::sum(present) + config::epsilon());
  }

 private:
  Tensor class_numbers(const Tensor& y, bool sparse) const {
    const Tensor numbers = sparse ? y : ops::argmax(y, {.axis = spec_.options.axis});
    return ops::ravel(ops::cast(numbers, DType::kInt32));
  }
  Tensor in_range(const Tensor& numbers) const {
    return ops::logical_and(ops::greater_equal(numbers, 0), ops::less(numbers, spec_.num_classes));
  }
  Tensor one_hot(const Tensor& numbers, const Tensor& counts) const {
    return ops::one_hot(ops::where(counts, numbers, 0), spec_.num_classes, {.dtype = dtype()});
  }

  IoUSpec spec_;
  Variable total_;
};

IoUOptions one_hot_options(OneHotIoUOptions options) {
  return {.name = std::move(options.name),
          .dtype = std::move(options.dtype),
          .ignore_class = options.ignore_class,
          .sparse_y_true = false,
          .sparse_y_pred = options.sparse_y_pred,
          .axis = options.axis};
}

std::shared_ptr<MetricImpl> make(std::string_view class_name, int num_classes,
                                 std::vector<int> targets, IoUOptions options,
                                 std::optional<double> threshold = {}) {
  return std::make_shared<IoUImpl>(
      IoUSpec{class_name, num_classes, std::move(targets), std::move(options), threshold});
}

}  // namespace

IoU::IoU(int num_classes, std::vector<int> target_class_ids, IoUOptions options)
    : Metric(make("IoU", num_classes, std::move(target_class_ids), std::move(options))) {}
MeanIoU::MeanIoU(int num_classes, IoUOptions options)
    : Metric(make("MeanIoU", num_classes, all_classes(num_classes), std::move(options))) {}
BinaryIoU::BinaryIoU(BinaryIoUOptions options)
    : Metric(make("BinaryIoU", 2, std::move(options.target_class_ids),
                  {.name = std::move(options.name), .dtype = std::move(options.dtype)},
                  options.threshold)) {}
OneHotIoU::OneHotIoU(int num_classes, std::vector<int> target_class_ids, OneHotIoUOptions options)
    : Metric(make("OneHotIoU", num_classes, std::move(target_class_ids),
                  one_hot_options(std::move(options)))) {}
OneHotMeanIoU::OneHotMeanIoU(int num_classes, OneHotIoUOptions options)
    : Metric(make("OneHotMeanIoU", num_classes, all_classes(num_classes),
                  one_hot_options(std::move(options)))) {}

}  // namespace keras::metrics
