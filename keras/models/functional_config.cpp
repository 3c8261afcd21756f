#include "keras/models/functional_config.h"

#include <map>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/layer_impl.h"
#include "keras/models/functional.h"
#include "keras/saving/serialization.h"

namespace keras {
namespace {

/// How calls of one operation are counted inside a model: 0 is the first one that belongs to it.
class CallNumbers {
 public:
  explicit CallNumbers(const FunctionGraph& graph) {
    std::map<const Operation*, std::map<int, const OperationNode*>> by_operation;
    for (const auto& node : graph.nodes())
      by_operation[node->operation.get()][node->call_index] = node.get();
    for (const auto& [operation, calls] : by_operation) {
      int number = 0;
      for (const auto& [index, node] : calls) numbers_[node] = number++;
    }
  }
  int of(const OperationNode& node) const { return numbers_.at(&node); }

 private:
  std::map<const OperationNode*, int> numbers_;
};

Config history_config(const Tensor& tensor, const CallNumbers& numbers) {
  const OperationHistory& history = history_of(tensor);
  return Config::list(
      {history.node->operation->name(), numbers.of(*history.node), history.output_index});
}

Config tensor_config(const Tensor& tensor, const CallNumbers& numbers) {
  return {{"class_name", "__keras_tensor__"},
          {"config",
           {{"shape", shape_to_config(tensor.shape())},
            {"dtype", dtype_name(tensor.dtype())},
            {"keras_history", history_config(tensor, numbers)}}}};
}

/// The arguments of a call with its tensors named.
Config named_arguments(const Config& arguments, const OperationNode& node,
                       const CallNumbers& numbers) {
  if (arguments.is_list()) {
    Config list = Config::list();
    for (const auto& item : arguments.as_list())
      list.as_list().push_back(named_arguments(item, node, numbers));
    return list;
  }
  if (!arguments.is_dict()) return arguments;
  if (const Config* index = arguments.find("tensor"))
    return tensor_config(node.inputs[static_cast<std::size_t>(index->as_int())], numbers);
  Config dict = Config::dict();
  for (const auto& [key, value] : arguments.as_dict())
    dict.set(key, named_arguments(value, node, numbers));
  return dict;
}

Config ends(const Tensors& tensors, const CallNumbers& numbers) {
  // A single tensor is not a list of one: Keras keeps the structure that the model was made with.
  if (tensors.size() == 1) return history_config(tensors[0], numbers);
  Config list = Config::list();
  for (const auto& tensor : tensors) list.as_list().push_back(history_config(tensor, numbers));
  return list;
}

}  // namespace

Config functional_config(const FunctionGraph& graph, const std::string& name, bool trainable) {
  const CallNumbers numbers(graph);
  Config layers = Config::list();
  for (const auto& operation : graph.operations()) {
    Config entry = saving::serialize_operation(operation);
    Config inbound = Config::list();
    std::map<int, const OperationNode*> calls;
    for (const auto& node : graph.nodes())
      if (node->operation == operation && !graph.is_input_node(*node) && !node->inputs.empty())
        calls[numbers.of(*node)] = node.get();
    for (const auto& [number, node] : calls)
      inbound.as_list().push_back(named_arguments(node->arguments, *node, numbers));
    entry.set("name", operation->name());
    entry.set("inbound_nodes", inbound);
    layers.as_list().push_back(std::move(entry));
  }
  return {{"name", name},
          {"trainable", trainable},
          {"layers", layers},
          {"input_layers", ends(graph.inputs(), numbers)},
          {"output_layers", ends(graph.outputs(), numbers)}};
}

namespace {

/// Calls the layers of a config as their inbound nodes say, each as soon as its inputs are there.
class Rebuilder {
 public:
  explicit Rebuilder(const Config& config) : config_(config) {
    for (const auto& entry : config.at("layers").as_list()) {
      const std::string name = entry.get("name", "");
      if (!pending_.emplace(name, Pending{&entry, {}, 0}).second)
        throw ValueError(str("The layer name \"", name, "\" is used twice in the model's config."));
      order_.push_back(name);
    }
  }

  Model run() {
    for (bool progress = true; progress;) {
      progress = false;
      for (const auto& name : order_) progress = advance(name) || progress;
    }
    for (const auto& [name, pending] : pending_)
      if (pending.done < inbound(pending).size())
        throw ValueError(
            str("The model's config is cyclic or names a tensor that nothing makes: "
                "the call ",
                pending.done, " of layer \"", name, "\" cannot be made."));
    return Model(ends_of("input_layers"), ends_of("output_layers"),
                 {.name = config_.get("name", ""), .trainable = config_.get("trainable", true)});
  }

 private:
  struct Pending {
    const Config* entry;
    saving::RestoredOperation operation;
    std::size_t done;
  };
  using Key = std::pair<std::string, std::int64_t>;

  static const Config::List& inbound(const Pending& pending) {
    return pending.entry->at("inbound_nodes").as_list();
  }

  bool advance(const std::string& name) {
    Pending& pending = pending_.at(name);
    if (!pending.operation.defined()) {
      pending.operation = saving::restore_operation(*pending.entry);
      if (inbound(pending).empty()) outputs_[{name, 0}] = pending.operation.input_tensors();
    }
    bool progress = false;
    while (pending.done < inbound(pending).size()) {
      const Config& call = inbound(pending)[pending.done];
      Tensors tensors;
      Config arguments = Config::dict();
      if (!resolve(call.at("args"), tensors, arguments, "args")) break;
      if (!resolve(call.at("kwargs"), tensors, arguments, "kwargs")) break;
      outputs_[{name, static_cast<std::int64_t>(pending.done)}] =
          pending.operation.call(tensors, arguments);
      ++pending.done;
      progress = true;
    }
    return progress;
  }

  bool resolve(const Config& from, Tensors& tensors, Config& arguments, const char* key) {
    Config resolved;
    if (!resolve_value(from, tensors, resolved)) return false;
    arguments.set(key, std::move(resolved));
    return true;
  }

  bool resolve_value(const Config& from, Tensors& tensors, Config& out) {
    if (from.is_list()) {
      out = Config::list();
      for (const auto& item : from.as_list()) {
        Config value;
        if (!resolve_value(item, tensors, value)) return false;
        out.as_list().push_back(std::move(value));
      }
      return true;
    }
    if (from.is_dict() && from.get("class_name", "") == "__keras_tensor__") {
      const Config& history = from.at("config").at("keras_history");
      const Tensor tensor = find(history);
      if (!tensor.defined()) return false;
      out = {{"tensor", static_cast<std::int64_t>(tensors.size())}};
      tensors.push_back(tensor);
      return true;
    }
    if (from.is_dict()) {
      out = Config::dict();
      for (const auto& [key, item] : from.as_dict()) {
        Config value;
        if (!resolve_value(item, tensors, value)) return false;
        out.set(key, std::move(value));
      }
      return true;
    }
    out = from;
    return true;
  }

  /// The tensor that (name, call, output) says; undefined while its call has not been made.
  Tensor find(const Config& history) const {
    const Key key{history.at(std::size_t{0}).as_string(), history.at(std::size_t{1}).as_int()};
    if (!pending_.contains(key.first))
      throw ValueError(
          str("The model's config names a layer that it does not hold: \"", key.first, "\"."));
    const auto found = outputs_.find(key);
    if (found == outputs_.end()) return {};
    const std::int64_t index = history.at(std::size_t{2}).as_int();
    if (index < 0 || index >= static_cast<std::int64_t>(found->second.size()))
      throw ValueError(str("The layer \"", key.first, "\" has no output ", index, "."));
    return found->second[static_cast<std::size_t>(index)];
  }

  Tensors ends_of(const char* key) const {
    const Config& list = config_.at(key);
    const bool single = list.size() == 3 && list.at(std::size_t{0}).is_string();
    Tensors tensors;
    for (const auto& history : single ? Config::List{list} : list.as_list()) {
      const Tensor tensor = find(history);
      if (!tensor.defined())
        throw ValueError(str("The model's config names an end that no layer makes: ", history));
      tensors.push_back(tensor);
    }
    return tensors;
  }

  const Config& config_;
  std::map<std::string, Pending> pending_;
  std::vector<std::string> order_;
  std::map<Key, Tensors> outputs_;
};

}  // namespace

Model functional_from_config(const Config& config) { return Rebuilder(config).run(); }

}  // namespace keras
