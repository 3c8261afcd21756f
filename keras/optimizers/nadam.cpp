#include "keras/optimizers/nadam.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class NadamImpl final : public OptimizerImpl {
 public:
  explicit NadamImpl(NadamOptions options)
      : OptimizerImpl("Nadam", common_options(options)), options_(std::move(options)) {}

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
    const DType dtype = variables.empty() ? DType::kFloat32 : variables.front().dtype();
    product_ = add_variable(ops::ones({}, dtype), "variable");
    // Python's Keras makes it outside of the optimizer's scope.
    product_.set_path("variable");
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const DType dtype = variable.dtype();
    const Variable& momentum = momentums_[index];
    const Variable& velocity = velocities_[index];
    const Tensor step = ops::cast(update_count() + 1, dtype);
    const Tensor now = schedule(step);
    const Tensor next = schedule(ops::cast(update_count() + 2, dtype));
    const Tensor product = ops::cast(product_.value(), dtype);
    assign_add(momentum, (gradient - momentum.value()) * (1 - options_.beta_1));
    assign_add(velocity, (ops::square(gradient) - velocity.value()) * (1 - options_.beta_2));
    const Tensor mean =
        next * momentum.value() / (1 - product * next) + (1 - now) * gradient / (1 - product);
    const Tensor variance = velocity.value() / (1 - ops::power(options_.beta_2, step));
    assign_sub(variable, mean * rate / (ops::sqrt(variance) + options_.epsilon));
  }

  void begin_step() override {
    const Tensor step = ops::cast(update_count() + 1, product_.dtype());
    product_.assign(product_.value() * schedule(step));
  }

 private:
  /// The momentum at a step, which warms up.
  Tensor schedule(const Tensor& step) const {
    return (1.0 - ops::power(0.96, step) * 0.5) * options_.beta_1;
  }

  NadamOptions options_;
  Variables momentums_;
  Variables velocities_;
  Variable product_;
};

}  // namespace

Nadam::Nadam(NadamOptions options) : Optimizer(std::make_shared<NadamImpl>(std::move(options))) {}

}  // namespace keras::optimizers
