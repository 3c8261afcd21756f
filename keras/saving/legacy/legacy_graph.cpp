#include "keras/saving/legacy/legacy_graph.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/legacy/legacy_operations.h"

namespace keras::saving::legacy {
namespace {

/// The number that the first call of each layer has in the file: Keras counts the call that a
/// model is made with in some versions, and not in others.
using FirstCalls = std::map<std::string, std::int64_t>;

bool is_reference(const Config& value, const FirstCalls& names) {
  return value.is_list() && value.size() >= 3 && value.at(std::size_t{0}).is_string() &&
         value.at(std::size_t{1}).is_int() && value.at(std::size_t{2}).is_int() &&
         names.contains(value.at(std::size_t{0}).as_string());
}

bool is_model(const Config& layer) {
  const std::string class_name = layer.get("class_name", "");
  return class_name == "Functional" || class_name == "Sequential";
}

void note_references(const Config& value, FirstCalls& lowest) {
  if (is_reference(value, lowest)) {
    auto& number = lowest.at(value.at(std::size_t{0}).as_string());
    number = std::min(number, value.at(std::size_t{1}).as_int());
  }
  if (value.is_list())
    for (const auto& item : value.as_list()) note_references(item, lowest);
  if (value.is_dict())
    for (const auto& [key, item] : value.as_dict()) note_references(item, lowest);
}

FirstCalls first_calls(const Config& config) {
  FirstCalls lowest;
  for (const auto& layer : config.at("layers").as_list())
    lowest[layer.get("name", "")] = std::numeric_limits<std::int64_t>::max();
  for (const auto& layer : config.at("layers").as_list())
    if (const Config* nodes = layer.find("inbound_nodes")) note_references(*nodes, lowest);
  for (const char* key : {"input_layers", "output_layers"}) note_references(config.at(key), lowest);
  for (const auto& layer : config.at("layers").as_list()) {
    auto& number = lowest.at(layer.get("name", ""));
    if (!is_model(layer) || number == std::numeric_limits<std::int64_t>::max()) number = 0;
  }
  return lowest;
}

Config renumbered(const Config& reference, const FirstCalls& first) {
  const std::string& name = reference.at(std::size_t{0}).as_string();
  const auto found = first.find(name);
  if (found == first.end())
    throw ValueError(
        str("The model's config names a layer that it does not hold: \"", name, "\"."));
  return Config::list(
      {name, reference.at(std::size_t{1}).as_int() - found->second, reference.at(std::size_t{2})});
}

Config tensor_at(const Config& reference, const FirstCalls& first) {
  return {{"class_name", "__keras_tensor__"},
          {"config", {{"keras_history", renumbered(reference, first)}}}};
}

/// A value among keyword arguments: tensors are named by lists there, too.
Config modern_value(const Config& value, const FirstCalls& first) {
  if (is_reference(value, first)) return tensor_at(value, first);
  // ["_CONSTANT_VALUE", -1, value]
  if (value.is_list() && value.size() >= 3 && value.at(std::size_t{0}).is_string() &&
      value.at(std::size_t{0}).as_string() == "_CONSTANT_VALUE")
    return value.at(std::size_t{2});
  if (value.is_list()) {
    Config list = Config::list();
    for (const auto& item : value.as_list()) list.as_list().push_back(modern_value(item, first));
    return list;
  }
  if (value.is_dict() && !value.contains("class_name")) {
    Config dict = Config::dict();
    for (const auto& [key, item] : value.as_dict()) dict.set(key, modern_value(item, first));
    return dict;
  }
  return value;
}

/// One call: [[name, call, output, kwargs], …], or one such alone.
Config modern_node(const Config& node, const FirstCalls& first) {
  if (!node.is_list()) return node;
  const bool single = node.size() > 0 && node.at(std::size_t{0}).is_string();
  const Config::List inputs = single ? Config::List{node} : node.as_list();
  Config tensors = Config::list();
  Config kwargs = Config::dict();
  for (const auto& input : inputs) {
    if (!input.is_list() || input.size() < 3 || !input.at(std::size_t{0}).is_string())
      throw ValueError(
          str("The model's config has an inbound node that is not understood: ", node));
    const bool constant = input.at(std::size_t{0}).as_string() == "_CONSTANT_VALUE";
    tensors.as_list().push_back(constant ? input.at(std::size_t{2}) : tensor_at(input, first));
    if (input.size() < 4 || !input.at(std::size_t{3}).is_dict()) continue;
    for (const auto& [key, value] : input.at(std::size_t{3}).as_dict())
      if (!value.is_null()) kwargs.set(key, modern_value(value, first));
  }
  Config args = tensors.size() == 1 ? tensors : Config::list({tensors});
  return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
}

/// The ends: Keras 3 counts the call that a Functional model is made with there.
Config modern_ends(const Config& ends, const FirstCalls& first, const Config& layers) {
  if (is_reference(ends, first)) {
    Config out = renumbered(ends, first);
    for (const auto& layer : layers.as_list())
      if (layer.get("name", "") == out.at(std::size_t{0}).as_string() &&
          layer.get("class_name", "") == "Functional")
        out.as_list()[1] = out.at(std::size_t{1}).as_int() + 1;
    return out;
  }
  if (ends.is_list()) {
    Config list = Config::list();
    for (const auto& item : ends.as_list())
      list.as_list().push_back(modern_ends(item, first, layers));
    return list;
  }
  if (ends.is_dict()) {
    Config dict = Config::dict();
    for (const auto& [key, item] : ends.as_dict()) dict.set(key, modern_ends(item, first, layers));
    return dict;
  }
  return ends;
}

}  // namespace

void modernize_graph(Config& config) {
  for (auto& layer : config.find("layers")->as_list())
    if (!layer.contains("name")) layer.set("name", layer.at("config").get("name", ""));
  const FirstCalls first = first_calls(config);
  Config& layers = *config.find("layers");
  for (auto& layer : layers.as_list()) {
    Config nodes = Config::list();
    if (const Config* old = layer.find("inbound_nodes"); old && old->is_list())
      for (const auto& node : old->as_list()) nodes.as_list().push_back(modern_node(node, first));
    layer.set("inbound_nodes", std::move(nodes));
    modernize_operation(layer);
  }
  for (const char* key : {"input_layers", "output_layers"}) {
    const Config& ends = config.at(key);
    // A single tensor, which Keras 3 would take for a list of one.
    const bool single =
        ends.is_list() && ends.size() == 1 && is_reference(ends.at(std::size_t{0}), first);
    config.set(key, modern_ends(single ? ends.at(std::size_t{0}) : ends, first, layers));
  }
}

}  // namespace keras::saving::legacy
