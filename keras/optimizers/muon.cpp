#include "keras/optimizers/muon.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <regex>
#include <utility>

#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/update.h"

namespace keras::optimizers {
namespace {

bool is_embedding(std::string path) {
  std::transform(path.begin(), path.end(), path.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return path.find("embedding") != std::string::npos;
}

class MuonImpl final : public OptimizerImpl {
 public:
  explicit MuonImpl(MuonOptions options)
      : OptimizerImpl("Muon", common_options(options)), options_(std::move(options)) {}

  Config get_config() const override {
    Config config = OptimizerImpl::get_config();
    config.set("adam_beta_1", options_.adam_beta_1);
    config.set("adam_beta_2", options_.adam_beta_2);
    config.set("epsilon", options_.epsilon);
    config.set("exclude_layers", Config::list_of(options_.exclude_layers));
    config.set("muon_a", options_.muon_a);
    config.set("muon_b", options_.muon_b);
    config.set("muon_c", options_.muon_c);
    config.set("adam_lr_ratio", options_.adam_lr_ratio);
    config.set("momentum", options_.momentum);
    config.set("ns_steps", options_.ns_steps);
    config.set("nesterov", options_.nesterov);
    config.set("exclude_embeddings", options_.exclude_embeddings);
    config.set("adam_weight_decay", optional_config(options_.adam_weight_decay));
    config.set("rms_rate", optional_config(options_.rms_rate));
    return config;
  }

  void build_slots(const Variables& variables) override {
    for (const auto& variable : variables) {
      momentums_.push_back(add_slot(variable, "momentum"));
      velocities_.push_back(uses_adam(variable) ? add_slot(variable, "velocity") : Variable());
    }
  }

  void update_step(const Tensor& given_gradient, const Variable& variable,
                   const Tensor& learning_rate, std::size_t index) override {
    const auto [gradient, rate] = UpdateArguments(given_gradient, variable, learning_rate);
    if (velocities_[index].defined()) {
      update_with_adam(gradient, variable, rate * options_.adam_lr_ratio, index);
      return;
    }
    const Variable& momentum = momentums_[index];
    assign_add(momentum, gradient + momentum.value() * (options_.momentum - 1));
    const Tensor direction =
        options_.nesterov ? gradient + momentum.value() * options_.momentum : momentum.value();
    Tensor update = rate * orthogonalized(direction);
    if (options_.rms_rate) {
      const auto longest = std::max(variable.shape()[0], variable.shape()[1]);
      update = update * (std::sqrt(static_cast<double>(longest)) * *options_.rms_rate);
    }
    assign_sub(variable, update);
  }

 protected:
  std::optional<double> weight_decay_of(const Variable& variable) const override {
    return uses_adam(variable) ? options_.adam_weight_decay : options_.weight_decay;
  }

 private:
  static Config optional_config(const std::optional<double>& value) {
    if (!value) return {};
    return *value;
  }

  bool uses_adam(const Variable& variable) const {
    if (variable.shape().rank() != 2) return true;
    if (options_.exclude_embeddings && is_embedding(variable.path())) return true;
    return std::any_of(options_.exclude_layers.begin(), options_.exclude_layers.end(),
                       [&](const std::string& pattern) {
                         return std::regex_search(variable.path(), std::regex(pattern));
                       });
  }

  /// Newton and Schulz's iteration drives the singular values towards 1.
  Tensor orthogonalized(const Tensor& gradient) const {
    const bool tall = gradient.shape()[0] > gradient.shape()[1];
    Tensor x = tall ? ops::transpose(gradient) : gradient;
    x = x / (ops::sqrt(ops::sum(ops::square(x))) + 1e-7);
    for (int i = 0; i < options_.ns_steps; ++i) {
      const Tensor square = ops::matmul(x, ops::transpose(x));
      const Tensor mixed = square * options_.muon_b + ops::matmul(square * options_.muon_c, square);
      x = x * options_.muon_a + ops::matmul(mixed, x);
    }
    return tall ? ops::transpose(x) : x;
  }

  void update_with_adam(const Tensor& gradient, const Variable& variable, const Tensor& rate,
                        std::size_t index) const {
    const Variable& momentum = momentums_[index];
    const Variable& velocity = velocities_[index];
    assign_add(momentum, (gradient - momentum.value()) * (1 - options_.adam_beta_1));
    assign_add(velocity, (ops::square(gradient) - velocity.value()) * (1 - options_.adam_beta_2));
    const Tensor alpha = adam_rate(rate, ops::cast(update_count() + 1, variable.dtype()),
                                   options_.adam_beta_1, options_.adam_beta_2);
    assign_sub(variable,
               momentum.value() * alpha / (ops::sqrt(velocity.value()) + options_.epsilon));
  }

  MuonOptions options_;
  Variables momentums_;
  Variables velocities_;
};

}  // namespace

Muon::Muon(MuonOptions options) : Optimizer(std::make_shared<MuonImpl>(std::move(options))) {}

}  // namespace keras::optimizers
