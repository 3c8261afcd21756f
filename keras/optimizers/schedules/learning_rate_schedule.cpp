#include "keras/optimizers/schedules/learning_rate_schedule.h"

#include "keras/engine/error.h"
#include "keras/optimizers/schedules/schedules.h"
#include "keras/utils/object_registry.h"

namespace keras::optimizers::schedules {
namespace {

class FunctionSchedule final : public LearningRateScheduleImpl {
 public:
  explicit FunctionSchedule(LearningRateSchedule::Function function)
      : function_(std::move(function)) {}
  std::string class_name() const override { return "function"; }
  Config get_config() const override {
    throw ValueError(
        "A learning-rate schedule that is a plain function cannot be saved.",
        "derive it from LearningRateScheduleImpl and register it with register_schedule.");
  }
  Tensor call(const Tensor& step) const override { return function_(step); }

 private:
  LearningRateSchedule::Function function_;
};

LearningRateSchedule exponential(const Config& c) {
  return ExponentialDecay(
      c.at("initial_learning_rate").as_double(), c.at("decay_steps").as_int(),
      c.at("decay_rate").as_double(),
      {.staircase = c.get("staircase", false), .name = c.get("name", "ExponentialDecay")});
}

LearningRateSchedule piecewise(const Config& c) {
  std::vector<std::int64_t> boundaries;
  std::vector<double> values;
  for (const auto& boundary : c.at("boundaries").as_list()) boundaries.push_back(boundary.as_int());
  for (const auto& value : c.at("values").as_list()) values.push_back(value.as_double());
  return PiecewiseConstantDecay(std::move(boundaries), std::move(values),
                                {.name = c.get("name", "PiecewiseConstant")});
}

LearningRateSchedule polynomial(const Config& c) {
  return PolynomialDecay(c.at("initial_learning_rate").as_double(), c.at("decay_steps").as_int(),
                         {.end_learning_rate = c.get("end_learning_rate", 0.0001),
                          .power = c.get("power", 1.0),
                          .cycle = c.get("cycle", false),
                          .name = c.get("name", "PolynomialDecay")});
}

LearningRateSchedule inverse_time(const Config& c) {
  return InverseTimeDecay(
      c.at("initial_learning_rate").as_double(), c.at("decay_steps").as_int(),
      c.at("decay_rate").as_double(),
      {.staircase = c.get("staircase", false), .name = c.get("name", "InverseTimeDecay")});
}

LearningRateSchedule cosine(const Config& c) {
  CosineDecayOptions options{.alpha = c.get("alpha", 0.0),
                             .name = c.get("name", "CosineDecay"),
                             .warmup_steps = c.get("warmup_steps", std::int64_t{0})};
  const Config* target = c.find("warmup_target");
  if (target && !target->is_null()) options.warmup_target = target->as_double();
  return CosineDecay(c.at("initial_learning_rate").as_double(), c.at("decay_steps").as_int(),
                     std::move(options));
}

LearningRateSchedule cosine_restarts(const Config& c) {
  return CosineDecayRestarts(c.at("initial_learning_rate").as_double(),
                             c.at("first_decay_steps").as_int(),
                             {.t_mul = c.get("t_mul", 2.0),
                              .m_mul = c.get("m_mul", 1.0),
                              .alpha = c.get("alpha", 0.0),
                              .name = c.get("name", "SGDRDecay")});
}

ObjectRegistry<LearningRateSchedule>& registry() {
  static ObjectRegistry<LearningRateSchedule> rows("learning rate schedule",
                                                   {
                                                       {"ExponentialDecay", exponential},
                                                       {"PiecewiseConstantDecay", piecewise},
                                                       {"PolynomialDecay", polynomial},
                                                       {"InverseTimeDecay", inverse_time},
                                                       {"CosineDecay", cosine},
                                                       {"CosineDecayRestarts", cosine_restarts},
                                                   });
  return rows;
}

}  // namespace

LearningRateSchedule LearningRateSchedule::from_function(Function function) {
  return LearningRateSchedule(std::make_shared<const FunctionSchedule>(std::move(function)));
}

Tensor LearningRateSchedule::operator()(const Tensor& step) const {
  if (!impl_) throw ValueError("A learning-rate schedule that is None was called.");
  return impl_->call(step);
}

std::string LearningRateSchedule::class_name() const {
  return impl_ ? impl_->class_name() : std::string();
}
Config LearningRateSchedule::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config LearningRateSchedule::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.optimizers.schedules", impl_->class_name(), impl_->get_config());
}

LearningRateSchedule LearningRateSchedule::deserialize(const Config& config) {
  return registry().deserialize(config);
}

void register_schedule(const std::string& name,
                       std::function<LearningRateSchedule(const Config&)> from_config) {
  registry().add(name, std::move(from_config));
}

std::vector<std::string> schedule_names() { return registry().class_names(); }

}  // namespace keras::optimizers::schedules
