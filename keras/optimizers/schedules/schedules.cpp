#include "keras/optimizers/schedules/schedules.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"

namespace keras::optimizers::schedules {
namespace {

std::int64_t checked_steps(std::int64_t steps, const char* name) {
  if (steps > 0) return steps;
  throw ValueError(str("Argument `", name, "` must be > 0. Received: ", name, "=", steps));
}

Tensor as_float(const Tensor& step) { return ops::cast(step, DType::kFloat32); }
/// steps / per, in whole numbers if `staircase`.
Tensor periods(const Tensor& step, std::int64_t per, bool staircase) {
  const Tensor count = as_float(step) / static_cast<double>(per);
  return staircase ? ops::floor(count) : count;
}
/// From 1 to 0 over a fraction of a period from 0 to 1.
Tensor half_cosine(const Tensor& fraction) {
  return (ops::cos(fraction * std::numbers::pi) + 1.0) * 0.5;
}

class ExponentialDecayImpl final : public LearningRateScheduleImpl {
 public:
  ExponentialDecayImpl(double initial, std::int64_t steps, double rate,
                       ExponentialDecayOptions options)
      : initial_(initial),
        steps_(checked_steps(steps, "decay_steps")),
        rate_(rate),
        options_(std::move(options)) {}
  std::string class_name() const override { return "ExponentialDecay"; }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_},
            {"decay_steps", steps_},
            {"decay_rate", rate_},
            {"staircase", options_.staircase},
            {"name", options_.name}};
  }
  Tensor call(const Tensor& step) const override {
    return ops::power(rate_, periods(step, steps_, options_.staircase)) * initial_;
  }

 private:
  double initial_;
  std::int64_t steps_;
  double rate_;
  ExponentialDecayOptions options_;
};

class InverseTimeDecayImpl final : public LearningRateScheduleImpl {
 public:
  InverseTimeDecayImpl(double initial, std::int64_t steps, double rate,
                       InverseTimeDecayOptions options)
      : initial_(initial),
        steps_(checked_steps(steps, "decay_steps")),
        rate_(rate),
        options_(std::move(options)) {}
  std::string class_name() const override { return "InverseTimeDecay"; }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_},
            {"decay_steps", steps_},
            {"decay_rate", rate_},
            {"staircase", options_.staircase},
            {"name", options_.name}};
  }
  Tensor call(const Tensor& step) const override {
    return initial_ / (periods(step, steps_, options_.staircase) * rate_ + 1.0);
  }

 private:
  double initial_;
  std::int64_t steps_;
  double rate_;
  InverseTimeDecayOptions options_;
};

class PiecewiseConstantDecayImpl final : public LearningRateScheduleImpl {
 public:
  PiecewiseConstantDecayImpl(std::vector<std::int64_t> boundaries, std::vector<double> values,
                             std::string name)
      : boundaries_(std::move(boundaries)), values_(std::move(values)), name_(std::move(name)) {
    if (boundaries_.size() + 1 != values_.size())
      throw ValueError(
          str("The length of boundaries should be 1 less than the length of values. Received: "
              "boundaries of length ",
              boundaries_.size(), ", and values of length ", values_.size(), "."));
  }
  std::string class_name() const override { return "PiecewiseConstantDecay"; }
  Config get_config() const override {
    return {{"boundaries", Config::list_of(boundaries_)},
            {"values", Config::list_of(values_)},
            {"name", name_}};
  }
  Tensor call(const Tensor& step) const override {
    Tensor rate = ops::full({}, values_.back());
    for (std::size_t i = boundaries_.size(); i-- > 0;)
      rate = ops::where(ops::less_equal(step, boundaries_[i]), values_[i], rate);
    return rate;
  }

 private:
  std::vector<std::int64_t> boundaries_;
  std::vector<double> values_;
  std::string name_;
};

class PolynomialDecayImpl final : public LearningRateScheduleImpl {
 public:
  PolynomialDecayImpl(double initial, std::int64_t steps, PolynomialDecayOptions options)
      : initial_(initial),
        steps_(checked_steps(steps, "decay_steps")),
        options_(std::move(options)) {}
  std::string class_name() const override { return "PolynomialDecay"; }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_},
            {"decay_steps", steps_},
            {"end_learning_rate", options_.end_learning_rate},
            {"power", options_.power},
            {"cycle", options_.cycle},
            {"name", options_.name}};
  }
  Tensor call(const Tensor& step) const override {
    const double steps = static_cast<double>(steps_);
    Tensor now = as_float(step);
    Tensor total = ops::full({}, steps);
    if (options_.cycle) {
      total = ops::where(ops::equal(now, 0), 1.0, ops::ceil(now / steps)) * steps;
    } else {
      now = ops::minimum(now, steps);
    }
    return ops::power(1 - now / total, options_.power) * (initial_ - options_.end_learning_rate) +
           options_.end_learning_rate;
  }

 private:
  double initial_;
  std::int64_t steps_;
  PolynomialDecayOptions options_;
};

class CosineDecayImpl final : public LearningRateScheduleImpl {
 public:
  CosineDecayImpl(double initial, std::int64_t steps, CosineDecayOptions options)
      : initial_(initial),
        steps_(checked_steps(steps, "decay_steps")),
        options_(std::move(options)) {}
  std::string class_name() const override { return "CosineDecay"; }
  Config get_config() const override {
    Config config{{"initial_learning_rate", initial_}, {"decay_steps", steps_},
                  {"alpha", options_.alpha},           {"name", options_.name},
                  {"warmup_target", nullptr},          {"warmup_steps", options_.warmup_steps}};
    if (options_.warmup_target) config.set("warmup_target", *options_.warmup_target);
    return config;
  }
  Tensor call(const Tensor& step) const override {
    const double steps = static_cast<double>(steps_);
    if (!options_.warmup_target) return decayed(ops::minimum(as_float(step), steps), initial_);
    const double warmup = static_cast<double>(options_.warmup_steps);
    const double target = *options_.warmup_target;
    const Tensor now = ops::minimum(as_float(step), steps + warmup);
    const Tensor rising = now / warmup * (target - initial_) + initial_;
    return ops::where(ops::less(now, warmup), rising, decayed(now - warmup, target));
  }

 private:
  Tensor decayed(const Tensor& step, double from) const {
    const Tensor cosine = half_cosine(step / static_cast<double>(steps_));
    return (cosine * (1 - options_.alpha) + options_.alpha) * from;
  }

  double initial_;
  std::int64_t steps_;
  CosineDecayOptions options_;
};

class CosineDecayRestartsImpl final : public LearningRateScheduleImpl {
 public:
  CosineDecayRestartsImpl(double initial, std::int64_t steps, CosineDecayRestartsOptions options)
      : initial_(initial),
        steps_(checked_steps(steps, "first_decay_steps")),
        options_(std::move(options)) {}
  std::string class_name() const override { return "CosineDecayRestarts"; }
  Config get_config() const override {
    return {{"initial_learning_rate", initial_}, {"first_decay_steps", steps_},
            {"t_mul", options_.t_mul},           {"m_mul", options_.m_mul},
            {"alpha", options_.alpha},           {"name", options_.name}};
  }
  Tensor call(const Tensor& step) const override {
    const double t_mul = options_.t_mul;
    Tensor fraction = as_float(step) / static_cast<double>(steps_);
    Tensor restarts = ops::floor(fraction);
    if (t_mul == 1.0) {
      fraction = fraction - restarts;
    } else {
      // Periods grow geometrically: the n-th starts after (1 - t^n) / (1 - t) of the first.
      restarts = ops::floor(ops::log(1.0 - fraction * (1.0 - t_mul)) / std::log(t_mul));
      const Tensor growth = ops::power(t_mul, restarts);
      fraction = (fraction - (1.0 - growth) / (1.0 - t_mul)) / growth;
    }
    const Tensor cosine = half_cosine(fraction) * ops::power(options_.m_mul, restarts);
    return (cosine * (1 - options_.alpha) + options_.alpha) * initial_;
  }

 private:
  double initial_;
  std::int64_t steps_;
  CosineDecayRestartsOptions options_;
};

}  // namespace

ExponentialDecay::ExponentialDecay(double initial_learning_rate, std::int64_t decay_steps,
                                   double decay_rate, ExponentialDecayOptions options)
    : LearningRateSchedule(std::make_shared<const ExponentialDecayImpl>(
          initial_learning_rate, decay_steps, decay_rate, std::move(options))) {}

PiecewiseConstantDecay::PiecewiseConstantDecay(std::vector<std::int64_t> boundaries,
                                               std::vector<double> values,
                                               PiecewiseConstantDecayOptions options)
    : LearningRateSchedule(std::make_shared<const PiecewiseConstantDecayImpl>(
          std::move(boundaries), std::move(values), std::move(options.name))) {}

PolynomialDecay::PolynomialDecay(double initial_learning_rate, std::int64_t decay_steps,
                                 PolynomialDecayOptions options)
    : LearningRateSchedule(std::make_shared<const PolynomialDecayImpl>(
          initial_learning_rate, decay_steps, std::move(options))) {}

InverseTimeDecay::InverseTimeDecay(double initial_learning_rate, std::int64_t decay_steps,
                                   double decay_rate, InverseTimeDecayOptions options)
    : LearningRateSchedule(std::make_shared<const InverseTimeDecayImpl>(
          initial_learning_rate, decay_steps, decay_rate, std::move(options))) {}

CosineDecay::CosineDecay(double initial_learning_rate, std::int64_t decay_steps,
                         CosineDecayOptions options)
    : LearningRateSchedule(std::make_shared<const CosineDecayImpl>(
          initial_learning_rate, decay_steps, std::move(options))) {}

CosineDecayRestarts::CosineDecayRestarts(double initial_learning_rate,
                                         std::int64_t first_decay_steps,
                                         CosineDecayRestartsOptions options)
    : LearningRateSchedule(std::make_shared<const CosineDecayRestartsImpl>(
          initial_learning_rate, first_decay_steps, std::move(options))) {}

}  // namespace keras::optimizers::schedules
