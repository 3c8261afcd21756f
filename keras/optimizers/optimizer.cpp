#include "keras/optimizers/optimizer.h"

#include <algorithm>
#include <cctype>

#include "keras/engine/error.h"
#include "keras/optimizers/optimizer_impl.h"
#include "keras/optimizers/optimizer_table.h"

namespace keras::optimizers {
namespace {

/// Keras takes its own optimizers' names in any case.
std::string lookup_name(std::string_view name) {
  std::string lower(name);
  if (name.find('>') == std::string_view::npos)
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

Optimizer::Optimizer(std::string_view name) : Optimizer(optimizer_table().make(lookup_name(name))) {
  identifier_ = name;
}

OptimizerImpl& Optimizer::impl() const {
  if (!impl_) throw ValueError("An optimizer that is None was used.");
  return *impl_;
}

void Optimizer::build(const Variables& trainable_variables) const {
  impl().build(trainable_variables);
}
bool Optimizer::built() const { return impl().built(); }

void Optimizer::apply(const Tensors& gradients, const Variables& trainable_variables) const {
  impl().apply(gradients, trainable_variables);
}

void Optimizer::apply_gradients(const std::vector<std::pair<Tensor, Variable>>& gradients) const {
  Tensors values;
  Variables variables;
  for (const auto& [gradient, variable] : gradients) {
    values.push_back(gradient);
    variables.push_back(variable);
  }
  impl().apply(values, variables);
}

Tensor Optimizer::learning_rate() const { return impl().learning_rate(); }
void Optimizer::set_learning_rate(double value) const { impl().set_learning_rate(value); }
Variable Optimizer::iterations() const { return impl().iterations(); }
Variables Optimizer::variables() const { return impl().variables(); }

void Optimizer::exclude_from_weight_decay(ExcludeFromWeightDecayOptions options) const {
  impl().exclude_from_weight_decay(options.var_list, std::move(options.var_names));
}

Tensor Optimizer::scale_loss(const Tensor& loss) const { return impl().scale_loss(loss); }
void Optimizer::set_loss_scale_factor(std::optional<double> factor) const {
  impl().set_loss_scale_factor(factor);
}
void Optimizer::finalize_variable_values() const { impl().finalize_variable_values(); }

const std::string& Optimizer::name() const { return impl().name(); }
std::string Optimizer::class_name() const { return impl_ ? impl_->class_name() : std::string(); }
Config Optimizer::get_config() const { return impl_ ? impl_->get_config() : Config(); }

Config Optimizer::serialize() const {
  if (!impl_) return {};
  return serialize_object("keras.optimizers", impl_->class_name(), impl_->get_config());
}

Config Optimizer::identifier() const {
  return identifier_.empty() ? serialize() : Config(identifier_);
}

Optimizer Optimizer::deserialize(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Optimizer(config.as_string());
  const ObjectDescription object = describe_object("optimizer", config);
  return optimizer_table().make(lookup_name(object.name), object.config);
}

void register_optimizer(const std::string& name,
                        std::function<Optimizer(const Config&)> from_config) {
  optimizer_table().add(name, std::move(from_config));
}

std::vector<std::string> optimizer_names() { return optimizer_table().class_names(); }

}  // namespace keras::optimizers
