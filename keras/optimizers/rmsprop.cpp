#include "keras/optimizers/rmsprop.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class RMSpropImpl final : public OptimizerImpl {
 public:
  explicit RMSpropImpl(RMSpropOptions options)
      : OptimizerImpl("RMSprop", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("rho", options_.rho);
    config.set("momentum", options_.momentum);
    config.set("epsilon", options_.epsilon);
    config.set("centered", options_.centered);
    return config;
  }

  void build_slots(const Variables& variables) override {
    velocities_ = add_slots(variables, "velocity");
    if (options_.momentum > 0) momentums_ = add_slots(variables, "momentum");
    if (options_.centered) average_gradients_ = add_slots(variables, "average_gradient");
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& velocity = velocities_[index];
    velocity.assign(running_average(velocity.value(), ops::square(gradient)));
    Tensor denominator = velocity.value();
    if (options_.centered) {
      const Variable& average = average_gradients_[index];
      average.assign(running_average(average.value(), gradient));
      denominator = denominator - ops::square(average.value());
    }
    const Tensor increment = rate * gradient / ops::sqrt(denominator + options_.epsilon);
    if (options_.momentum > 0) {
      const Variable& momentum = momentums_[index];
      momentum.assign(momentum.value() * options_.momentum + increment);
      assign_sub(variable, momentum.value());
    } else {
      assign_sub(variable, increment);
    }
  }

 private:
  Tensor running_average(const Tensor& average, const Tensor& value) const {
    return average * options_.rho + value * (1 - options_.rho);
  }

  RMSpropOptions options_;
  Variables velocities_;
  Variables momentums_;
  Variables average_gradients_;
};

}  // namespace

RMSprop::RMSprop(RMSpropOptions options)
    : Optimizer(std::make_shared<RMSpropImpl>(std::move(options))) {}

}  // namespace keras::optimizers
