#include "keras/saving/legacy/legacy_training.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/convert.h"
#include "keras/engine/text.h"
#include "keras/models/model_impl.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/saving/legacy/legacy_weights.h"
#include "keras/utils/io_utils.h"

namespace keras::saving::legacy {
namespace {

/// "Adam" of "Custom>Adam", as Keras 2.11 and later have it.
std::string without_package(const std::string& class_name) {
  return class_name.starts_with("Custom>") ? class_name.substr(7) : class_name;
}

/// Keras 2 lets the learning rate decay with each step: lr / (1 + decay * step).
Config learning_rate_with_decay(const Config& rate, double decay) {
  if (decay == 0 || !rate.is_number()) return rate;
  return {{"class_name", "InverseTimeDecay"},
          {"config",
           {{"initial_learning_rate", rate},
            {"decay_steps", 1},
            {"decay_rate", decay},
            {"staircase", false}}}};
}

Config modern_optimizer(const Config& optimizer);

/// What Keras 2 puts around the optimizer of mixed_float16, "LossScaleOptimizerV3" from 2.11 on. A
/// scale that stays is an argument of the inner optimizer by now.
Config modern_loss_scale(Config config) {
  Config inner = modern_optimizer(config.at("inner_optimizer"));
  if (Config* own = inner.find("config"); own && !config.get("dynamic", true)) {
    own->set("loss_scale_factor", Config(config.at("initial_scale")));
    return inner;
  }
  config.set("inner_optimizer", std::move(inner));
  return {{"class_name", "LossScaleOptimizer"}, {"config", std::move(config)}};
}

Config modern_optimizer(const Config& optimizer) {
  const Config* given = optimizer.find("config");
  if (given == nullptr || !given->is_dict()) return optimizer;
  Config config = *given;
  if (config.contains("inner_optimizer")) return modern_loss_scale(std::move(config));
  if (const Config* rate = config.find("lr")) {
    if (!config.contains("learning_rate")) config.set("learning_rate", Config(*rate));
    config.erase("lr");
  }
  if (const Config* decay = config.find("decay")) {
    if (decay->is_number() && config.contains("learning_rate"))
      config.set("learning_rate",
                 learning_rate_with_decay(config.at("learning_rate"), decay->as_double()));
    config.erase("decay");
  }
  for (const char* gone : {"jit_compile", "is_legacy_optimizer", "schedule_decay"})
    config.erase(gone);
  for (const char* unset : {"epsilon", "ema_overwrite_frequency"})
    if (const Config* value = config.find(unset); value && value->is_null()) config.erase(unset);
  return {{"class_name", without_package(optimizer.get("class_name", ""))},
          {"config", std::move(config)}};
}

/// An object that Keras 2 wraps around a function: the function's name says it all.
std::optional<Config> unwrapped(const Config& object) {
  const std::string class_name = without_package(object.get("class_name", ""));
  if (class_name != "MeanMetricWrapper" && class_name != "LossFunctionWrapper" &&
      class_name != "SumOverBatchSizeMetricWrapper")
    return std::nullopt;
  const Config* config = object.find("config");
  if (config == nullptr || !config->is_dict()) return std::nullopt;
  if (const Config* function = config->find("fn"); function && function->is_string())
    return *function;
  return config->contains("name") ? std::optional(config->at("name")) : std::nullopt;
}

Config modern_object(const Config& value) {
  if (value.is_list()) {
    Config list = Config::list();
    for (const auto& item : value.as_list()) list.as_list().push_back(modern_object(item));
    return list;
  }
  if (!value.is_dict()) return value;
  if (!value.contains("class_name")) {
    Config dict = Config::dict();
    for (const auto& [key, item] : value.as_dict()) dict.set(key, modern_object(item));
    return dict;
  }
  if (auto name = unwrapped(value)) return *name;
  Config out = value;
  out.set("class_name", without_package(value.get("class_name", "")));
  if (Config* config = out.find("config"); config && config->is_dict()) {
    if (config->get("reduction", "") == "auto") config->set("reduction", "sum_over_batch_size");
    config->erase("fn");
    // Before there was an axis, it was the last one.
    if (const Config* axis = config->find("axis"); axis && axis->is_null()) config->erase("axis");
  }
  return out;
}

/// Metrics of the only output come in a list of their own.
Config modern_metrics(const Config& metrics) {
  if (metrics.is_list() && metrics.size() == 1 && metrics.at(std::size_t{0}).is_list())
    return modern_object(metrics.at(std::size_t{0}));
  return modern_object(metrics);
}

/// How many of the optimizer's variables, its last ones, belong to weights; those before count
/// steps and hold the learning rate.
std::size_t slot_count(std::size_t variables, std::size_t weights) {
  constexpr std::size_t kCounters = 2;
  return weights == 0 || variables < kCounters ? 0 : (variables - kCounters) / weights * weights;
}

bool has_scalar_weights(const Model& model) {
  const Variables weights = model.trainable_weights();
  return std::any_of(weights.begin(), weights.end(),
                     [](const Variable& weight) { return weight.shape().rank() == 0; });
}

/// The slots in the file's order, after its scalars.
struct StoredState {
  std::vector<Tensor> scalars;
  std::vector<Tensor> slots;
};

/// Whether all first slots come before all second ones, as optimizers up to Keras 2.10 have it.
bool is_grouped(const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (name.ends_with("/m:0") || name.ends_with("/v:0") || name.find("Variable") != name.npos ||
        name.starts_with("m_") || name.starts_with("v_") || name.find("/m_") != name.npos)
      return true;
  return false;
}

/// With `slots`, the last so many are the slots, else all that are no scalars.
std::optional<StoredState> read_state(const Hdf5Group& group, const std::vector<std::string>& names,
                                      std::int64_t most, std::optional<std::size_t> slots) {
  StoredState state;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Hdf5Dataset dataset = group.dataset(names[i]);
    if (dataset.shape().size() > most) return std::nullopt;
    const bool counts = slots ? i + *slots < names.size() : dataset.shape().rank() == 0;
    if (counts && dataset.shape().rank() != 0) return std::nullopt;
    (counts ? state.scalars : state.slots).push_back(read_tensor(dataset, most));
  }
  return state;
}

/// Slots as ours are ordered: for each weight its own ones, one after the other.
std::vector<Tensor> interleaved(const std::vector<Tensor>& slots, std::size_t weights) {
  std::vector<Tensor> out;
  const std::size_t kinds = slots.size() / weights;
  for (std::size_t weight = 0; weight < weights; ++weight)
    for (std::size_t kind = 0; kind < kinds; ++kind) out.push_back(slots[kind * weights + weight]);
  return out;
}

/// The product of Nadam's momenta so far, which Keras 2 does not save. It follows from the steps.
double nadam_product(const Config& config, std::int64_t steps) {
  constexpr std::int64_t kWarm = 1000;  // 0.96 to the power of that is nothing
  const double beta = config.get("beta_1", 0.9);
  double product = std::pow(beta, static_cast<double>(std::max<std::int64_t>(steps, 0)));
  for (std::int64_t step = 1; step <= std::min(steps, kWarm); ++step)
    product *= 1 - 0.5 * std::pow(0.96, static_cast<double>(step));
  return product;
}

/// What a file with `count` variables has: of Keras 2 not what a loss scale around the optimizer
/// counts.
Variables variables_in_file(const Model& model, std::size_t count) {
  Variables variables = model.model_impl().optimizer_variables();
  if (count == variables.size() || model.optimizer().class_name() != "LossScaleOptimizer")
    return variables;
  const auto scale = std::find_if(variables.begin(), variables.end(), [](const Variable& variable) {
    return variable.name() == "dynamic_scale";
  });
  if (scale != variables.end()) variables.erase(variables.begin(), std::next(scale));
  return variables;
}

/// What the file's scalars leave to say.
void complete_counters(const Model& model, const Variables& counters, std::size_t read) {
  constexpr std::size_t kNadams = 3;  // steps, learning rate, product
  const Optimizer optimizer = model.optimizer();
  if (optimizer.class_name() != "Nadam" || counters.size() != kNadams || read == kNadams) return;
  const auto steps = counters[0].value().item<std::int64_t>();
  counters[2].assign(
      ops::full({}, nadam_product(optimizer.get_config(), steps), counters[2].dtype()).eval());
}

}  // namespace

Config modern_compile_config(const Config& training) {
  Config out = Config::dict();
  for (const char* key : {"optimizer_config", "optimizer"})
    if (const Config* optimizer = training.find(key); optimizer && !optimizer->is_null())
      out.set("optimizer", modern_optimizer(*optimizer));
  for (const char* key : {"loss", "loss_weights"})
    if (const Config* value = training.find(key)) out.set(key, modern_object(*value));
  for (const char* key : {"metrics", "weighted_metrics"})
    if (const Config* value = training.find(key)) out.set(key, modern_metrics(*value));
  // Keras 2 gave one loss or several the same forms.
  if (const Config* loss = out.find("loss"); loss && loss->is_list() && loss->size() == 1)
    out.set("loss", Config(loss->at(std::size_t{0})));
  return out;
}

bool restore_optimizer(const Model& model, const Hdf5Group& group,
                       const std::vector<std::string>& all_names) {
  const Variables variables = variables_in_file(model, all_names.size());
  const std::size_t weights = model.trainable_weights().size();
  // Slots of scalar weights are scalars, too: their place tells them apart, which is no rule for
  // the optimizers that have counters of their own.
  std::optional<std::size_t> known;
  if (has_scalar_weights(model)) known = slot_count(variables.size(), weights);
  Variables slots, counters;
  std::int64_t most = 1;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const bool counts = known ? i + *known < variables.size() : variables[i].shape().rank() == 0;
    (counts ? counters : slots).push_back(variables[i]);
    most = std::max(most, variables[i].shape().size());
  }
  // Keras 2 has slots of a momentum of 0, too.
  std::vector<std::string> names = all_names;
  if (slots.empty())
    std::erase_if(names, [&](const auto& name) { return group.dataset(name).shape().rank() != 0; });
  auto state = read_state(group, names, most, known);
  if (!state || state->slots.size() != slots.size() || state->scalars.size() > counters.size())
    return false;
  if (is_grouped(names) && weights > 0 && slots.size() % weights == 0)
    state->slots = interleaved(state->slots, weights);
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (slots[i].shape() != state->slots[i].shape()) return false;
  // The count of steps comes first, then the learning rate, which older files lack.
  for (std::size_t i = 0; i < state->scalars.size(); ++i)
    counters[i].assign(ops::cast(state->scalars[i], counters[i].dtype()).eval());
  complete_counters(model, counters, state->scalars.size());
  for (std::size_t i = 0; i < slots.size(); ++i)
    slots[i].assign(ops::cast(state->slots[i], slots[i].dtype()).eval());
  return true;
}

void read_optimizer_weights(const Model& model, const Hdf5Group& group) {
  if (!restore_optimizer(model, group, name_list(group, "weight_names")))
    utils::warn(
        "Error in loading the saved optimizer state. As a result, your model is starting with a "
        "freshly initialized optimizer.");
}

}  // namespace keras::saving::legacy
