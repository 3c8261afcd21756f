#include "keras/optimizers/sgd.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class SGDImpl final : public OptimizerImpl {
 public:
  explicit SGDImpl(SGDOptions options)
      : OptimizerImpl("SGD", common_options(options)), options_(std::move(options)) {
    if (!(options_.momentum >= 0 && options_.momentum <= 1))
      throw ValueError(
          str("`momentum` must be a float between [0, 1]. Received: momentum=", options_.momentum));
  }

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("momentum", options_.momentum);
    config.set("nesterov", options_.nesterov);
    return config;
  }

  void build_slots(const Variables& variables) override {
    if (options_.momentum != 0) momentums_ = add_slots(variables, "momentum");
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    if (options_.momentum == 0) {
      assign_sub(variable, gradient * rate);
      return;
    }
    const Variable& momentum = momentums_[index];
    momentum.assign(momentum.value() * options_.momentum - gradient * rate);
    if (options_.nesterov) {
      assign_add(variable, momentum.value() * options_.momentum - gradient * rate);
    } else {
      assign_add(variable, momentum.value());
    }
  }

 private:
  SGDOptions options_;
  Variables momentums_;
};

}  // namespace

SGD::SGD(SGDOptions options) : Optimizer(std::make_shared<SGDImpl>(std::move(options))) {}

}  // namespace keras::optimizers
