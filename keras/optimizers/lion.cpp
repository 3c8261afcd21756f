#include "keras/optimizers/lion.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class LionImpl final : public OptimizerImpl {
 public:
  explicit LionImpl(LionOptions options)
      : OptimizerImpl("Lion", common_options(options)), options_(std::move(options)) {
    if (options_.beta_1 <= 0 || options_.beta_1 > 1)
      throw ValueError(
          str("Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer "
              "degenerates to SignSGD. Received: beta_1=",
              options_.beta_1, "."));
  }

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("beta_1", options_.beta_1);
    config.set("beta_2", options_.beta_2);
    return config;
  }

  void build_slots(const Variables& variables) override {
    momentums_ = add_slots(variables, "momentum");
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& momentum = momentums_[index];
    const double beta_1 = options_.beta_1;
    const double beta_2 = options_.beta_2;
    assign_sub(variable, rate * ops::sign(momentum.value() * beta_1 + gradient * (1.0 - beta_1)));
    momentum.assign(momentum.value() * beta_2 + gradient * (1.0 - beta_2));
  }

 private:
  LionOptions options_;
  Variables momentums_;
};

}  // namespace

Lion::Lion(LionOptions options) : Optimizer(std::make_shared<LionImpl>(std::move(options))) {}

}  // namespace keras::optimizers
