#include "keras/optimizers/adam.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

struct AdamConstants {
  double beta_1;
  double beta_2;
  double epsilon;
  bool amsgrad;
};

template <typename Options>
AdamConstants constants_of(const Options& options) {
  return {options.beta_1, options.beta_2, options.epsilon, options.amsgrad};
}

class AdamImpl final : public OptimizerImpl {
 public:
  AdamImpl(std::string_view class_name, OptimizerOptions options, AdamConstants constants)
      : OptimizerImpl(class_name, std::move(options)), constants_(constants) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("beta_1", constants_.beta_1);
    config.set("beta_2", constants_.beta_2);
    config.set("epsilon", constants_.epsilon);
    config.set("amsgrad", constants_.amsgrad);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      momentums_.push_back(add_slot(variable, "momentum"));
      velocities_.push_back(add_slot(variable, "velocity"));
    }
    if (constants_.amsgrad) velocity_hats_ = add_slots(variables, "velocity_hat");
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& momentum = momentums_[index];
    const Variable& velocity = velocities_[index];
    assign_add(momentum, (gradient - momentum.value()) * (1 - constants_.beta_1));
    assign_add(velocity, (ops::square(gradient) - velocity.value()) * (1 - constants_.beta_2));
    Tensor spread = velocity.value();
    if (constants_.amsgrad) {
      spread = ops::maximum(velocity_hats_[index].value(), spread);
      velocity_hats_[index].assign(spread);
    }
    const Tensor alpha = adam_rate(rate, ops::cast(update_count() + 1, variable.dtype()),
                                   constants_.beta_1, constants_.beta_2);
    assign_sub(variable, momentum.value() * alpha / (ops::sqrt(spread) + constants_.epsilon));
  }

 private:
  AdamConstants constants_;
  Variables momentums_;
  Variables velocities_;
  Variables velocity_hats_;
};

OptimizerOptions checked(const AdamWOptions& options) {
  if (!options.weight_decay)
    throw ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None");
  return common_options(options);
}

}  // namespace

Adam::Adam(AdamOptions options)
    : Optimizer(
          std::make_shared<AdamImpl>("Adam", common_options(options), constants_of(options))) {}

AdamW::AdamW(AdamWOptions options)
    : Optimizer(std::make_shared<AdamImpl>("AdamW", checked(options), constants_of(options))) {}

}  // namespace keras::optimizers
