#include "keras/optimizers/optimizer_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/optimizers/optimizers.h"

namespace keras::optimizers {
namespace {

// Each reads one field of an optimizer's options where the config has it.
void read(const Config& config, std::string_view key, double& field) {
  field = config.get(key, field);
}
void read(const Config& config, std::string_view key, bool& field) {
  field = config.get(key, field);
}
void read(const Config& config, std::string_view key, int& field) {
  field = config.get(key, field);
}
void read(const Config& config, std::string_view key, std::string& field) {
  field = config.get(key, field.c_str());
}
void read(const Config& config, std::string_view key, std::optional<double>& field) {
  const Config* value = config.find(key);
  if (!value) return;
  field.reset();
  if (!value->is_null()) field = value->as_double();
}
void read(const Config& config, std::string_view key, std::optional<int>& field) {
  const Config* value = config.find(key);
  if (!value) return;
  field.reset();
  if (!value->is_null()) field = static_cast<int>(value->as_int());
}
void read(const Config& config, std::string_view key, std::vector<std::string>& field) {
  const Config* list = config.find(key);
  if (!list || list->is_null()) return;
  for (const auto& entry : list->as_list()) field.push_back(entry.as_string());
}
void read(const Config& config, std::string_view key, LearningRate& field) {
  if (const Config* value = config.find(key)) field = LearningRate::deserialize(*value);
}

template <typename Options>
Options common(const Config& config) {
  Options options;
  read(config, "learning_rate", options.learning_rate);
  read(config, "weight_decay", options.weight_decay);
  read(config, "clipnorm", options.clipnorm);
  read(config, "clipvalue", options.clipvalue);
  read(config, "global_clipnorm", options.global_clipnorm);
  read(config, "use_ema", options.use_ema);
  read(config, "ema_momentum", options.ema_momentum);
  read(config, "ema_overwrite_frequency", options.ema_overwrite_frequency);
  read(config, "loss_scale_factor", options.loss_scale_factor);
  read(config, "gradient_accumulation_steps", options.gradient_accumulation_steps);
  read(config, "name", options.name);
  return options;
}

Optimizer sgd(const Config& config) {
  auto options = common<SGDOptions>(config);
  read(config, "momentum", options.momentum);
  read(config, "nesterov", options.nesterov);
  return SGD(options);
}

Optimizer rmsprop(const Config& config) {
  auto options = common<RMSpropOptions>(config);
  read(config, "rho", options.rho);
  read(config, "momentum", options.momentum);
  read(config, "epsilon", options.epsilon);
  read(config, "centered", options.centered);
  return RMSprop(options);
}

template <typename T, typename Options>
Optimizer adam(const Config& config) {
  auto options = common<Options>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  read(config, "epsilon", options.epsilon);
  read(config, "amsgrad", options.amsgrad);
  return T(options);
}

Optimizer adagrad(const Config& config) {
  auto options = common<AdagradOptions>(config);
  read(config, "initial_accumulator_value", options.initial_accumulator_value);
  read(config, "epsilon", options.epsilon);
  return Adagrad(options);
}

Optimizer adadelta(const Config& config) {
  auto options = common<AdadeltaOptions>(config);
  read(config, "rho", options.rho);
  read(config, "epsilon", options.epsilon);
  return Adadelta(options);
}

Optimizer adamax(const Config& config) {
  auto options = common<AdamaxOptions>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  read(config, "epsilon", options.epsilon);
  return Adamax(options);
}

Optimizer nadam(const Config& config) {
  auto options = common<NadamOptions>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  read(config, "epsilon", options.epsilon);
  return Nadam(options);
}

Optimizer ftrl(const Config& config) {
  auto options = common<FtrlOptions>(config);
  read(config, "learning_rate_power", options.learning_rate_power);
  read(config, "initial_accumulator_value", options.initial_accumulator_value);
  read(config, "l1_regularization_strength", options.l1_regularization_strength);
  read(config, "l2_regularization_strength", options.l2_regularization_strength);
  read(config, "l2_shrinkage_regularization_strength",
       options.l2_shrinkage_regularization_strength);
  read(config, "beta", options.beta);
  return Ftrl(options);
}

Optimizer lion(const Config& config) {
  auto options = common<LionOptions>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  return Lion(options);
}

Optimizer lamb(const Config& config) {
  auto options = common<LambOptions>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  read(config, "epsilon", options.epsilon);
  return Lamb(options);
}

Optimizer muon(const Config& config) {
  auto options = common<MuonOptions>(config);
  read(config, "adam_beta_1", options.adam_beta_1);
  read(config, "adam_beta_2", options.adam_beta_2);
  read(config, "adam_weight_decay", options.adam_weight_decay);
  read(config, "epsilon", options.epsilon);
  read(config, "exclude_layers", options.exclude_layers);
  read(config, "exclude_embeddings", options.exclude_embeddings);
  read(config, "muon_a", options.muon_a);
  read(config, "muon_b", options.muon_b);
  read(config, "muon_c", options.muon_c);
  read(config, "adam_lr_ratio", options.adam_lr_ratio);
  read(config, "momentum", options.momentum);
  read(config, "ns_steps", options.ns_steps);
  read(config, "nesterov", options.nesterov);
  read(config, "rms_rate", options.rms_rate);
  return Muon(options);
}

Optimizer adafactor(const Config& config) {
  auto options = common<AdafactorOptions>(config);
  read(config, "beta_2_decay", options.beta_2_decay);
  read(config, "epsilon_1", options.epsilon_1);
  read(config, "epsilon_2", options.epsilon_2);
  read(config, "clip_threshold", options.clip_threshold);
  read(config, "relative_step", options.relative_step);
  return Adafactor(options);
}

Optimizer schedule_free_adamw(const Config& config) {
  auto options = common<ScheduleFreeAdamWOptions>(config);
  read(config, "beta_1", options.beta_1);
  read(config, "beta_2", options.beta_2);
  read(config, "epsilon", options.epsilon);
  read(config, "warmup_steps", options.warmup_steps);
  return ScheduleFreeAdamW(options);
}

/// Older files have all arguments of optimizers, which mean nothing there, at their defaults.
void check_loss_scale_config(const Config& config) {
  if (!config.get("dynamic", true))
    throw ValueError(
        "LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set "
        "`loss_scale_factor` directly on the `inner_optimizer`.");
  const Config defaults{{"weight_decay", nullptr},
                        {"clipnorm", nullptr},
                        {"global_clipnorm", nullptr},
                        {"clipvalue", nullptr},
                        {"use_ema", false},
                        {"ema_momentum", 0.99},
                        {"ema_overwrite_frequency", nullptr},
                        {"loss_scale_factor", nullptr},
                        {"gradient_accumulation_steps", nullptr}};
  for (const auto& [key, value] : defaults.as_dict())
    if (const Config* given = config.find(key); given && *given != value)
      throw ValueError(str("LossScaleOptimizer does not support `", key, "`. Instead, set `", key,
                           "` on the `inner_optimizer`."));
}

Optimizer loss_scale_optimizer(const Config& config) {
  check_loss_scale_config(config);
  LossScaleOptimizerOptions options;
  read(config, "initial_scale", options.initial_scale);
  read(config, "dynamic_growth_steps", options.dynamic_growth_steps);
  read(config, "name", options.name);
  return LossScaleOptimizer(Optimizer::deserialize(config.at("inner_optimizer")), options);
}

Optimizer multi_optimizer(const Config& config) {
  const Config& map = config.at("optimizer_map").at("config");
  OptimizerMap optimizers{Optimizer::deserialize(map.at("default_optimizer")), {}};
  for (const auto& [pattern, optimizer] : map.at("optimizer_map").as_dict())
    optimizers.optimizer_map.emplace_back(pattern, Optimizer::deserialize(optimizer));
  MultiOptimizerOptions options;
  read(config, "loss_scale_factor", options.loss_scale_factor);
  read(config, "name", options.name);
  return MultiOptimizer(std::move(optimizers), options);
}

}  // namespace

ObjectRegistry<Optimizer>& optimizer_table() {
  static ObjectRegistry<Optimizer> rows(
      "optimizer", {
                       {"SGD", sgd, {"sgd"}},
                       {"RMSprop", rmsprop, {"rmsprop"}},
                       {"Adam", adam<Adam, AdamOptions>, {"adam"}},
                       {"AdamW", adam<AdamW, AdamWOptions>, {"adamw"}},
                       {"Adagrad", adagrad, {"adagrad"}},
                       {"Adadelta", adadelta, {"adadelta"}},
                       {"Adamax", adamax, {"adamax"}},
                       {"Nadam", nadam, {"nadam"}},
                       {"Ftrl", ftrl, {"ftrl"}},
                       {"Lion", lion, {"lion"}},
                       {"Lamb", lamb, {"lamb"}},
                       {"Muon", muon, {"muon"}},
                       {"Adafactor", adafactor, {"adafactor"}},
                       {"ScheduleFreeAdamW", schedule_free_adamw, {"schedulefreeadamw"}},
                       {"MultiOptimizer", multi_optimizer, {"multioptimizer"}},
                       {"LossScaleOptimizer", loss_scale_optimizer, {"lossscaleoptimizer"}},
                   });
  return rows;
}

}  // namespace keras::optimizers
