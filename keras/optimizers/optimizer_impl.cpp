#include "keras/optimizers/optimizer_impl.h"

#include <algorithm>
#include <regex>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/optimizers/gradient_clipping.h"
#include "keras/utils/naming.h"

namespace keras::optimizers {
namespace {

OptimizerOptions checked(std::string_view class_name, OptimizerOptions options) {
  const int clips =
      (options.clipnorm ? 1 : 0) + (options.clipvalue ? 1 : 0) + (options.global_clipnorm ? 1 : 0);
  if (clips > 1)
    throw ValueError(
        str(class_name, ": Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set."));
  const auto& steps = options.gradient_accumulation_steps;
  if (steps && *steps < 2)
    throw ValueError(
        str("`gradient_accumulation_steps` must be an integer >= 2. Received: "
            "gradient_accumulation_steps=",
            *steps));
  if (options.use_ema && !(options.ema_momentum >= 0 && options.ema_momentum <= 1))
    throw ValueError(str("`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=",
                         options.ema_momentum));
  const auto& frequency = options.ema_overwrite_frequency;
  if (options.use_ema && frequency && *frequency < 1)
    throw ValueError(
        str("`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
            "ema_overwrite_frequency=",
            *frequency));
  if (options.name.empty()) options.name = auto_name(class_name);
  return options;
}

template <typename T>
Config optional_config(const std::optional<T>& value) {
  if (!value) return {};
  return *value;
}

}  // namespace

Config LearningRate::serialize() const {
  if (schedule_.defined()) return schedule_.serialize();
  return value_;
}

LearningRate LearningRate::deserialize(const Config& config) {
  if (config.is_dict()) return schedules::LearningRateSchedule::deserialize(config);
  return config.as_double();
}

OptimizerImpl::OptimizerImpl(std::string_view class_name, OptimizerOptions options)
    : class_name_(class_name), options_(checked(class_name, std::move(options))) {
  iterations_ = add_variable(ops::zeros({}, DType::kInt32), "iteration");
  if (!options_.learning_rate.schedule().defined())
    learning_rate_ = add_variable(ops::full({}, options_.learning_rate.value()), "learning_rate");
}

Config OptimizerImpl::get_config() const {
  Config learning_rate;
  if (learning_rate_.defined()) {
    learning_rate = static_cast<double>(learning_rate_.value().item<float>());
  } else {
    learning_rate = options_.learning_rate.serialize();
  }
  return {{"name", options_.name},
          {"learning_rate", std::move(learning_rate)},
          {"weight_decay", optional_config(options_.weight_decay)},
          {"clipnorm", optional_config(options_.clipnorm)},
          {"global_clipnorm", optional_config(options_.global_clipnorm)},
          {"clipvalue", optional_config(options_.clipvalue)},
          {"use_ema", options_.use_ema},
          {"ema_momentum", options_.ema_momentum},
          {"ema_overwrite_frequency", optional_config(options_.ema_overwrite_frequency)},
          {"loss_scale_factor", optional_config(options_.loss_scale_factor)},
          {"gradient_accumulation_steps", optional_config(options_.gradient_accumulation_steps)}};
}

Variable OptimizerImpl::add_variable(const Tensor& initial, const std::string& name) {
  Variable variable(initial, {.trainable = false, .name = name});
  variable.set_path(options_.name + "/" + name);
  variables_.push_back(variable);
  return variable;
}

Variable OptimizerImpl::add_slot(const Variable& variable, const std::string& name, double value) {
  std::string owner = variable.path();
  std::replace(owner.begin(), owner.end(), '/', '_');
  return add_variable(ops::full(variable.shape(), value, variable.dtype()), owner + "_" + name);
}

Variables OptimizerImpl::add_slots(const Variables& variables, const std::string& name,
                                   double value) {
  Variables slots;
  for (const auto& variable : variables) slots.push_back(add_slot(variable, name, value));
  return slots;
}

void OptimizerImpl::build(const Variables& trainable_variables) {
  if (built_) return;
  if (options_.use_ema) averages_ = add_slots(trainable_variables, "average");
  if (options_.gradient_accumulation_steps)
    accumulators_ = add_slots(trainable_variables, "gradient_accumulator");
  trainable_variables_ = trainable_variables;
  build_slots(trainable_variables);
  built_ = true;
}

std::size_t OptimizerImpl::index_of(const Variable& variable) const {
  for (std::size_t i = 0; i < trainable_variables_.size(); ++i)
    if (trainable_variables_[i] == variable) return i;
  throw ValueError(
      str("Unknown variable: ", variable.path(),
          ". This optimizer can only be called for the variables it was originally built with."),
      "when working with a new set of variables, create a new optimizer.");
}

void OptimizerImpl::apply(const Tensors& gradients, const Variables& trainable_variables) {
  if (gradients.empty()) return;
  if (trainable_variables.empty() && !built_)
    throw NotBuiltError(
        "When passing `grads` without `variables`, the optimizer must already be built on a list "
        "of variables.",
        "call `optimizer.build(trainable_variables)` first.");
  if (!built_) build(trainable_variables);
  const Variables& variables =
      trainable_variables.empty() ? trainable_variables_ : trainable_variables;
  if (gradients.size() != variables.size())
    throw ValueError(str("There must be one gradient for each variable. Received ",
                         gradients.size(), " gradients for ", variables.size(), " variables."));
  Tensors present;
  Variables updated;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    index_of(variables[i]);
    if (!gradients[i].defined()) continue;
    present.push_back(options_.loss_scale_factor ? gradients[i] / *options_.loss_scale_factor
                                                 : gradients[i]);
    updated.push_back(variables[i]);
  }
  if (present.empty()) throw ValueError("No gradients provided for any variable.");
  apply_updates(std::move(present), updated);
  for (const auto& variable : updated)
    if (variable.constraint()) variable.assign(variable.constraint()(variable.value()));
  iterations_.assign(iterations_.value() + 1);
}

void OptimizerImpl::apply_updates(Tensors gradients, const Variables& variables) {
  if (options_.gradient_accumulation_steps) {
    apply_accumulated(gradients, variables);
  } else {
    update_all(std::move(gradients), variables);
  }
  if (options_.use_ema) update_averages();
}

void OptimizerImpl::update_all(Tensors gradients, const Variables& variables) {
  gradients = clip(std::move(gradients));
  decay_weights(variables);
  begin_step();
  const Tensor rate = learning_rate();
  for (std::size_t i = 0; i < variables.size(); ++i)
    update_step(gradients[i], variables[i], rate, index_of(variables[i]));
}

// Every step computes the update, and keeps it only where it is due: a step must be one straight
// line of operations to be compiled.
void OptimizerImpl::apply_accumulated(const Tensors& gradients, const Variables& variables) {
  const int steps = *options_.gradient_accumulation_steps;
  const Tensor due = ops::equal(ops::mod(iterations_.value() + 1, steps), 0);
  Variables touched = variables;
  touched.insert(touched.end(), variables_.begin(), variables_.end());
  Tensors before;
  for (const auto& variable : touched) before.push_back(variable.value());
  Tensors sums;
  Tensors averaged;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    sums.push_back(gradients[i] + accumulators_[index_of(variables[i])].value());
    averaged.push_back(ops::where(due, sums[i] / steps, gradients[i]));
  }
  update_all(std::move(averaged), variables);
  for (std::size_t i = 0; i < touched.size(); ++i)
    if (!touched[i].value().is_same(before[i]))
      touched[i].assign(ops::where(due, touched[i].value(), before[i]));
  for (std::size_t i = 0; i < sums.size(); ++i)
    accumulators_[index_of(variables[i])].assign(
        ops::where(due, ops::zeros_like(sums[i]), sums[i]));
}

Tensors OptimizerImpl::clip(Tensors gradients) const {
  if (options_.clipnorm.value_or(0) > 0) {
    for (auto& gradient : gradients) gradient = clip_by_norm(gradient, *options_.clipnorm);
    return gradients;
  }
  if (options_.global_clipnorm.value_or(0) > 0)
    return clip_by_global_norm(std::move(gradients), *options_.global_clipnorm);
  const double bound = options_.clipvalue.value_or(0);
  if (bound > 0)
    for (auto& gradient : gradients) gradient = ops::clip(gradient, -bound, bound);
  return gradients;
}

void OptimizerImpl::decay_weights(const Variables& variables) const {
  for (const auto& variable : variables) {
    const std::optional<double> decay = weight_decay_of(variable);
    if (!decay || !uses_weight_decay(variable)) continue;
    const Tensor rate = ops::cast(learning_rate(), variable.dtype());
    const Tensor value = variable.value();
    variable.assign(value - value * *decay * rate);
  }
}

std::optional<double> OptimizerImpl::weight_decay_of(const Variable&) const {
  return options_.weight_decay;
}

bool OptimizerImpl::uses_weight_decay(const Variable& variable) const {
  for (const auto& excluded : undecayed_variables_)
    if (excluded == variable) return false;
  for (const auto& pattern : undecayed_names_)
    if (std::regex_search(variable.name(), std::regex(pattern))) return false;
  return true;
}

void OptimizerImpl::exclude_from_weight_decay(const Variables& variables,
                                              std::vector<std::string> names) {
  if (built_)
    throw ValueError(
        "`exclude_from_weight_decay()` can only be configured before the optimizer is built.");
  undecayed_variables_ = variables;
  undecayed_names_ = std::move(names);
}

void OptimizerImpl::update_averages() {
  const Tensor started = ops::not_equal(update_count(), 0);
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    const Variable& variable = trainable_variables_[i];
    const Tensor momentum = ops::cast(started, variable.dtype()) * options_.ema_momentum;
    averages_[i].assign(momentum * averages_[i].value() + (1 - momentum) * variable.value());
  }
  if (!options_.ema_overwrite_frequency) return;
  const Tensor due = ops::equal(ops::mod(update_count() + 1, *options_.ema_overwrite_frequency), 0);
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    const Variable& variable = trainable_variables_[i];
    variable.assign(ops::where(due, averages_[i].value(), variable.value()));
  }
}

void OptimizerImpl::finalize_variable_values() {
  for (std::size_t i = 0; i < averages_.size(); ++i)
    trainable_variables_[i].assign(averages_[i].value());
}

Tensor OptimizerImpl::update_count() const {
  if (!options_.gradient_accumulation_steps) return iterations_.value();
  return ops::floor_divide(iterations_.value(), *options_.gradient_accumulation_steps);
}

Tensor OptimizerImpl::learning_rate() const {
  if (learning_rate_.defined()) return learning_rate_.value();
  return options_.learning_rate.schedule()(iterations_.value());
}

void OptimizerImpl::set_learning_rate(double value) {
  if (!learning_rate_.defined())
    throw TypeError(
        "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` "
        "constructor argument, hence its learning rate is not settable.",
        "create the optimizer with a number as `learning_rate`.");
  learning_rate_.assign(ops::full({}, value));
}

Tensor OptimizerImpl::scale_loss(const Tensor& loss) const {
  return options_.loss_scale_factor ? loss * *options_.loss_scale_factor : loss;
}

}  // namespace keras::optimizers
