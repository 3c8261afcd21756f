#include "keras/optimizers/lamb.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class LambImpl final : public OptimizerImpl {
 public:
  explicit LambImpl(LambOptions options)
      : OptimizerImpl("Lamb", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("beta_1", options_.beta_1);
    config.set("beta_2", options_.beta_2);
    config.set("epsilon", options_.epsilon);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      momentums_.push_back(add_slot(variable, "momentum"));
      velocities_.push_back(add_slot(variable, "velocity"));
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& momentum = momentums_[index];
    const Variable& velocity = velocities_[index];
    const Tensor step = ops::cast(update_count() + 1, variable.dtype());
    assign_add(momentum, (gradient - momentum.value()) * (1 - options_.beta_1));
    assign_add(velocity, (ops::square(gradient) - velocity.value()) * (1 - options_.beta_2));
    const Tensor mean = momentum.value() / (1.0 - ops::power(options_.beta_1, step));
    const Tensor variance = velocity.value() / (1.0 - ops::power(options_.beta_2, step));
    const Tensor update = mean / (ops::sqrt(variance) + options_.epsilon);
    const Tensor weight_norm = ops::sqrt(ops::sum(ops::square(variable.value())));
    const Tensor update_norm = ops::sqrt(ops::sum(ops::square(update)));
    const Tensor both =
        ops::logical_and(ops::greater(weight_norm, 0), ops::greater(update_norm, 0));
    const Tensor ratio = ops::where(both, weight_norm / update_norm, 1.0);
    assign_sub(variable, ratio * rate * update);
  }

 private:
  LambOptions options_;
  Variables momentums_;
  Variables velocities_;
};

}  // namespace

Lamb::Lamb(LambOptions options) : Optimizer(std::make_shared<LambImpl>(std::move(options))) {}

}  // namespace keras::optimizers
