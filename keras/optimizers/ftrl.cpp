#include "keras/optimizers/ftrl.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class FtrlImpl final : public OptimizerImpl {
 public:
  explicit FtrlImpl(FtrlOptions options)
      : OptimizerImpl("Ftrl", common_options(options)), options_(std::move(options)) {
    const auto require_not_negative = [](double value, const char* name) {
      if (value < 0)
        throw ValueError(
            str("`", name, "` needs to be positive or zero. Received: ", name, "=", value, "."));
    };
    require_not_negative(options_.initial_accumulator_value, "initial_accumulator_value");
    require_not_negative(options_.l1_regularization_strength, "l1_regularization_strength");
    require_not_negative(options_.l2_regularization_strength, "l2_regularization_strength");
    require_not_negative(options_.l2_shrinkage_regularization_strength,
                         "l2_shrinkage_regularization_strength");
    if (options_.learning_rate_power > 0)
      throw ValueError(
          str("`learning_rate_power` needs to be negative or zero. Received: learning_rate_power=",
              options_.learning_rate_power, "."));
  }

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("learning_rate_power", options_.learning_rate_power);
    config.set("initial_accumulator_value", options_.initial_accumulator_value);
    config.set("l1_regularization_strength", options_.l1_regularization_strength);
    config.set("l2_regularization_strength", options_.l2_regularization_strength);
    config.set("l2_shrinkage_regularization_strength",
               options_.l2_shrinkage_regularization_strength);
    config.set("beta", options_.beta);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      accumulators_.push_back(
          add_slot(variable, "accumulator", options_.initial_accumulator_value));
      linears_.push_back(add_slot(variable, "linear"));
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& accumulator = accumulators_[index];
    const Variable& linear = linears_[index];
    const double power = -options_.learning_rate_power;
    const Tensor l2 = options_.l2_regularization_strength + options_.beta / (2.0 * rate);
    const Tensor weight = variable.value();
    const Tensor shrunk = gradient + weight * (2 * options_.l2_shrinkage_regularization_strength);
    const Tensor old_power = ops::power(accumulator.value(), power);
    const Tensor new_accumulator = accumulator.value() + ops::square(gradient);
    const Tensor new_power = ops::power(new_accumulator, power);
    assign_add(linear, shrunk - (new_power - old_power) / rate * weight);
    const Tensor quadratic = new_power / rate + l2 * 2;
    const double l1 = options_.l1_regularization_strength;
    const Tensor clipped = ops::clip(linear.value(), -l1, l1);
    variable.assign((clipped - linear.value()) / quadratic);
    accumulator.assign(new_accumulator);
  }

 private:
  FtrlOptions options_;
  Variables accumulators_;
  Variables linears_;
};

}  // namespace

Ftrl::Ftrl(FtrlOptions options) : Optimizer(std::make_shared<FtrlImpl>(std::move(options))) {}

}  // namespace keras::optimizers
