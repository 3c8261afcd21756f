#include "keras/activations/activation.h"

#include "keras/activations/activation_table.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::activations {
namespace {

[[noreturn]] void fail_unknown(std::string_view name) {
  std::vector<std::string> near = near_matches(name, activation_names());
  for (auto& match : near) match = "'" + match + "'";
  throw ValueError(str("Could not interpret activation function identifier: ", name),
                   near.empty() ? "register your own with activations::register_activation."
                                : "did you mean " + join(near, ", ") + "?");
}

}  // namespace

Activation::Activation(std::string_view name) {
  const NamedActivation found = find_activation(name);
  if (!found.function) fail_unknown(name);
  function_ = found.function;
  name_ = found.name;
}

Activation::Activation(Tensor (*function)(const Tensor&))
    : function_(function), name_(name_of_activation(function)) {}

Activation Activation::of_object(Function function, Config config) {
  Activation activation(std::move(function));
  activation.config_ = std::move(config);
  return activation;
}

Config Activation::config() const {
  if (!config_.is_null()) return config_;
  if (name_.empty())
    throw ValueError("Unknown activation function cannot be serialized: it has no name.",
                     "register it with activations::register_activation and use it by name.");
  return name_;
}

Activation Activation::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Activation(config.as_string());
  // Python writes a registered function as a dictionary.
  if (const Config* registered = config.find("registered_name");
      registered && registered->is_string() && registered->as_string() != "function")
    return Activation(registered->as_string());
  if (const Config* name = config.find("config"); name && name->is_string())
    return Activation(name->as_string());
  throw ValueError(str("Could not interpret activation function identifier: ", config.to_string()));
}

}  // namespace keras::activations
