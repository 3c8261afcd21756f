#include "keras/optimizers/adagrad.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class AdagradImpl final : public OptimizerImpl {
 public:
  explicit AdagradImpl(AdagradOptions options)
      : OptimizerImpl("Adagrad", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("initial_accumulator_value", options_.initial_accumulator_value);
    config.set("epsilon", options_.epsilon);
    return config;
  }

  void build_slots(const Variables& variables) override {
    accumulators_ = add_slots(variables, "accumulator", options_.initial_accumulator_value);
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& accumulator = accumulators_[index];
    assign_add(accumulator, ops::square(gradient));
    assign_sub(variable, rate * gradient / ops::sqrt(accumulator.value() + options_.epsilon));
  }

 private:
  AdagradOptions options_;
  Variables accumulators_;
};

}  // namespace

Adagrad::Adagrad(AdagradOptions options)
    : Optimizer(std::make_shared<AdagradImpl>(std::move(options))) {}

}  // namespace keras::optimizers
