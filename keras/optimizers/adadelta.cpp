#include "keras/optimizers/adadelta.h"

#include <memory>
#include <utility>

#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

class AdadeltaImpl final : public OptimizerImpl {
 public:
  explicit AdadeltaImpl(AdadeltaOptions options)
      : OptimizerImpl("Adadelta", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("rho", options_.rho);
    config.set("epsilon", options_.epsilon);
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      gradients_.push_back(add_slot(variable, "accumulated_grad"));
      deltas_.push_back(add_slot(variable, "accumulated_delta_var"));
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    const Variable& gradients = gradients_[index];
    const Variable& deltas = deltas_[index];
    const double rho = options_.rho;
    gradients.assign(gradients.value() * rho + ops::square(gradient) * (1 - rho));
    const Tensor delta = -(ops::sqrt(deltas.value() + options_.epsilon) * gradient /
                           ops::sqrt(gradients.value() + options_.epsilon));
    deltas.assign(deltas.value() * rho + ops::square(delta) * (1 - rho));
    assign_add(variable, rate * delta);
  }

 private:
  AdadeltaOptions options_;
  Variables gradients_;
  Variables deltas_;
};

}  // namespace

Adadelta::Adadelta(AdadeltaOptions options)
    : Optimizer(std::make_shared<AdadeltaImpl>(std::move(options))) {}

}  // namespace keras::optimizers
