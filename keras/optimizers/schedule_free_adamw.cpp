#include "keras/optimizers/schedule_free_adamw.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class ScheduleFreeAdamWImpl final : public OptimizerImpl {
 public:
  explicit ScheduleFreeAdamWImpl(const ScheduleFreeAdamWOptions& options)
      : OptimizerImpl("ScheduleFreeAdamW", common_options(options)),
        beta_1_(options.beta_1),
        beta_2_(options.beta_2),
        epsilon_(options.epsilon),
        warmup_steps_(options.warmup_steps) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("beta_1", beta_1_);
    config.set("beta_2", beta_2_);
    config.set("epsilon", epsilon_);
    config.set("warmup_steps", warmup_steps_);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      momentums_.push_back(add_slot(variable, "momentum"));
      momentums_.back().assign(variable.value());
      velocities_.push_back(add_slot(variable, "velocity"));
    }
  }

  // Keras's "momentum" is the paper's z, the iterate of plain Adam; the weights are its y, and x,
  // the average, is worked out from both.
  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Tensor step = ops::cast(update_count() + 1, variable.dtype());
    if (warmup_steps_ > 0) rate = rate * ops::minimum(step / warmup_steps_, 1.0);
    const Tensor old_iterate = momentums_[index].value();
    assign_add(velocities_[index],
               (ops::square(gradient) - velocities_[index].value()) * (1 - beta_2_));
    const Tensor correction = 1 - ops::power(beta_2_, step);
    const Tensor spread = ops::sqrt(velocities_[index].value() / correction) + epsilon_;
    assign_sub(momentums_[index], rate * gradient / spread);
    const Tensor iterate = momentums_[index].value();
    const Tensor weight = 1 / step;
    const Tensor old_average = (variable.value() - (1 - beta_1_) * old_iterate) / beta_1_;
    const Tensor average = (1 - weight) * old_average + weight * iterate;
    variable.assign((1 - beta_1_) * iterate + beta_1_ * average);
  }

 private:
  double beta_1_;
  double beta_2_;
  double epsilon_;
  int warmup_steps_;
  Variables momentums_;
  Variables velocities_;
};

}  // namespace

ScheduleFreeAdamW::ScheduleFreeAdamW(ScheduleFreeAdamWOptions options)
    : Optimizer(std::make_shared<ScheduleFreeAdamWImpl>(options)) {}

}  // namespace keras::optimizers
