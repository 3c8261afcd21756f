#include "keras/constraints/constraints.h"

#include <memory>
#include <utility>

#include "keras/config/config.h"
#include "keras/ops/numpy.h"

namespace keras::constraints {
namespace {

Tensor norms(const Tensor& w, const Axes& axis) {
  return ops::sqrt(ops::sum(ops::square(w), {.axis = axis, .keepdims = true}));
}

Config axis_config(const Axes& axes) {
  if (axes.all()) return {};
  const std::vector<int>& list = *axes.value();
  return list.size() == 1 ? Config(list[0]) : Config::list_of(list);
}

class MaxNormImpl final : public ConstraintImpl {
 public:
  explicit MaxNormImpl(MaxNormOptions options) : options_(std::move(options)) {}
  std::string class_name() const override { return "MaxNorm"; }
  Config get_config() const override {
    return {{"max_value", options_.max_value}, {"axis", axis_config(options_.axis)}};
  }
  Tensor call(const Tensor& w) const override {
    const Tensor norm = norms(w, options_.axis);
    return w * (ops::clip(norm, 0, options_.max_value) / (norm + config::epsilon()));
  }

 private:
  MaxNormOptions options_;
};

class NonNegImpl final : public ConstraintImpl {
 public:
  std::string class_name() const override { return "NonNeg"; }
  Tensor call(const Tensor& w) const override { return ops::maximum(w, 0); }
};

class UnitNormImpl final : public ConstraintImpl {
 public:
  explicit UnitNormImpl(UnitNormOptions options) : options_(std::move(options)) {}
  std::string class_name() const override { return "UnitNorm"; }
  Config get_config() const override { return {{"axis", axis_config(options_.axis)}}; }
  Tensor call(const Tensor& w) const override {
    return w / (norms(w, options_.axis) + config::epsilon());
  }

 private:
  UnitNormOptions options_;
};

class MinMaxNormImpl final : public ConstraintImpl {
 public:
  explicit MinMaxNormImpl(MinMaxNormOptions options) : options_(std::move(options)) {}
  std::string class_name() const override { return "MinMaxNorm"; }
  Config get_config() const override {
    return {{"min_value", options_.min_value},
            {"max_value", options_.max_value},
            {"rate", options_.rate},
            {"axis", axis_config(options_.axis)}};
  }
  Tensor call(const Tensor& w) const override {
    const Tensor norm = norms(w, options_.axis);
    const Tensor desired = ops::clip(norm, options_.min_value, options_.max_value) * options_.rate +
                           norm * (1 - options_.rate);
    return w * (desired / (norm + config::epsilon()));
  }

 private:
  MinMaxNormOptions options_;
};

}  // namespace

MaxNorm::MaxNorm(MaxNormOptions options)
    : Constraint(std::make_shared<const MaxNormImpl>(std::move(options))) {}
NonNeg::NonNeg() : Constraint(std::make_shared<const NonNegImpl>()) {}
UnitNorm::UnitNorm(UnitNormOptions options)
    : Constraint(std::make_shared<const UnitNormImpl>(std::move(options))) {}
MinMaxNorm::MinMaxNorm(MinMaxNormOptions options)
    : Constraint(std::make_shared<const MinMaxNormImpl>(std::move(options))) {}

}  // namespace keras::constraints
