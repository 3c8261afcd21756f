#include "keras/trainers/compile_config.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::trainers {
namespace {

/// null, one, a list or a dictionary, as the argument was given.
template <typename Argument, typename ToConfig>
Config argument_to_config(const Argument& argument, ToConfig to_config) {
  using Form = typename Argument::Form;
  if (argument.form() == Form::kNone) return nullptr;
  if (argument.form() == Form::kOne) return to_config(argument[0]);
  Config out = argument.form() == Form::kMap ? Config::dict() : Config::list();
  for (const auto& [name, value] : argument.items()) {
    if (argument.form() == Form::kMap) {
      out.set(name, to_config(value));
    } else {
      out.as_list().push_back(to_config(value));
    }
  }
  return out;
}

Config group_to_config(const MetricGroup& group) {
  if (group.is_single()) return group.metrics()[0].identifier();
  Config list = Config::list();
  for (const auto& metric : group.metrics()) list.as_list().push_back(metric.identifier());
  return list;
}

Config metrics_to_config(const MetricsArgument& metrics) {
  return argument_to_config(metrics, group_to_config);
}

/// One serialized object or name, not a list or a dictionary of several.
bool is_one(const Config& config) {
  return !config.is_list() && !(config.is_dict() && !config.contains("class_name"));
}

/// Python's tuples come as {"class_name": "__tuple__", "items": […]}.
Config without_tuple(const Config& config) {
  const Config* name = config.find("class_name");
  if (name && name->is_string() && name->as_string() == "__tuple__") return config.at("items");
  return config;
}

template <typename Argument, typename FromConfig>
Argument argument_from_config(const Config& given, FromConfig from_config) {
  const Config config = without_tuple(given);
  if (config.is_null()) return {};
  using Value = decltype(from_config(config));
  if (is_one(config)) return Argument(from_config(config));
  if (config.is_list()) {
    std::vector<Value> list;
    for (const auto& entry : config.as_list()) list.push_back(from_config(entry));
    return Argument(list);
  }
  std::vector<std::pair<std::string, Value>> map;
  for (const auto& [name, entry] : config.as_dict()) map.emplace_back(name, from_config(entry));
  return Argument(std::move(map));
}

MetricGroup group_from_config(const Config& given) {
  const Config config = without_tuple(given);
  if (!config.is_list()) return MetricGroup(Metric::deserialize(config));
  std::vector<Metric> metrics;
  for (const auto& entry : config.as_list()) metrics.push_back(Metric::deserialize(entry));
  return MetricGroup(std::move(metrics));
}

MetricsArgument metrics_from_config(const Config& config) {
  return argument_from_config<MetricsArgument>(config, group_from_config);
}

const Config& entry(const Config& config, const char* name) {
  static const Config none;
  const Config* found = config.find(name);
  return found ? *found : none;
}

}  // namespace

Config compile_options_to_config(const CompileOptions& options) {
  const auto loss_config = [](const Loss& loss) {
    return loss.defined() ? loss.identifier() : Config();
  };
  return {
      {"optimizer", options.optimizer.serialize()},
      {"loss", argument_to_config(options.loss, loss_config)},
      {"loss_weights",
       argument_to_config(options.loss_weights, [](double weight) { return Config(weight); })},
      {"metrics", metrics_to_config(options.metrics)},
      {"weighted_metrics", metrics_to_config(options.weighted_metrics)},
      {"run_eagerly", options.run_eagerly},
      {"steps_per_execution", options.steps_per_execution},
      {"jit_compile", options.jit_compile.value_or(!options.run_eagerly)},
  };
}

CompileOptions compile_options_from_config(const Config& config) {
  CompileOptions options;
  options.optimizer = Optimizer::deserialize(entry(config, "optimizer"));
  options.loss = argument_from_config<LossArgument>(
      entry(config, "loss"), [](const Config& loss) { return Loss::deserialize(loss); });
  options.loss_weights = argument_from_config<LossWeightsArgument>(
      entry(config, "loss_weights"), [](const Config& weight) { return weight.as_double(); });
  options.metrics = metrics_from_config(entry(config, "metrics"));
  options.weighted_metrics = metrics_from_config(entry(config, "weighted_metrics"));
  options.run_eagerly = config.get("run_eagerly", false);
  options.steps_per_execution = config.get("steps_per_execution", 1);
  if (const Config& jit = entry(config, "jit_compile"); jit.is_bool())
    options.jit_compile = jit.as_bool();
  return options;
}

}  // namespace keras::trainers
