#include "keras/optimizers/adamax.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class AdamaxImpl final : public OptimizerImpl {
 public:
  explicit AdamaxImpl(AdamaxOptions options)
      : OptimizerImpl("Adamax", common_options(options)), options_(std::move(options)) {}

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
      norms_.push_back(add_slot(variable, "norm"));
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& momentum = momentums_[index];
    const Variable& norm = norms_[index];
    const Tensor step = ops::cast(update_count() + 1, variable.dtype());
    assign_add(momentum, (gradient - momentum.value()) * (1 - options_.beta_1));
    norm.assign(ops::maximum(norm.value() * options_.beta_2, ops::abs(gradient)));
    const Tensor correction = 1 - ops::power(options_.beta_1, step);
    assign_sub(variable,
               rate * momentum.value() / (correction * (norm.value() + options_.epsilon)));
  }

 private:
  AdamaxOptions options_;
  Variables momentums_;
  Variables norms_;
};

}  // namespace

Adamax::Adamax(AdamaxOptions options)
    : Optimizer(std::make_shared<AdamaxImpl>(std::move(options))) {}

}  // namespace keras::optimizers
