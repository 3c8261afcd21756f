#include "keras/models/functional_config.h"

#include <algorithm>
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

/// At a model's ends, and only there, Keras counts the calls of a nested functional model from 1.
int first_call_number(const std::string& class_name) { return class_name == "Functional" ? 1 : 0; }

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

Config ends(const Config& structure, const Tensors& tensors, const CallNumbers& numbers) {
  return map_structure(structure, [&](std::int64_t index) {
    const Tensor& tensor = tensors[static_cast<std::size_t>(index)];
    const OperationNode& node = *history_of(tensor).node;
    Config history = history_config(tensor, numbers);
    history.as_list()[1] = numbers.of(node) + first_call_number(node.operation->class_name());
    return history;
  });
}

}  // namespace

Config functional_config(const FunctionGraph& graph, const Config& input_structure,
                         const Config& output_structure, const std::string& name, bool trainable) {
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
          {"input_layers", ends(input_structure, graph.inputs(), numbers)},
          {"output_layers", ends(output_structure, graph.outputs(), numbers)}};
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
    return Model(make_functional(
        ends_of("input_layers"), ends_of("output_layers"),
        {.name = config_.get("name", ""), .trainable = config_.get("trainable", true)}));
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
      const auto order = input_order(*pending.entry);
      if (!resolve(call.at("args"), order, tensors, arguments, "args")) break;
      if (!resolve(call.at("kwargs"), order, tensors, arguments, "kwargs")) break;
      outputs_[{name, static_cast<std::int64_t>(pending.done)}] =
          pending.operation.call(tensors, arguments);
      ++pending.done;
      progress = true;
    }
    return progress;
  }

  using Order = std::vector<std::string>;

  /// The names of a nested model's inputs where it was made with a list of them: Keras calls it
  /// with a dictionary, too.
  static Order input_order(const Config& entry) {
    const Config* ends = entry.at("config").find("input_layers");
    Order order;
    if (ends && ends->is_list())
      for (const auto& end : ends->as_list())
        if (is_history(end)) order.push_back(end.at(std::size_t{0}).as_string());
    return order;
  }

  static bool is_history(const Config& config) {
    return config.is_list() && config.size() == 3 && config.at(std::size_t{0}).is_string();
  }

  bool resolve(const Config& from, const Order& order, Tensors& tensors, Config& arguments,
               const char* key) {
    Config resolved;
    if (!resolve_value(from, order, tensors, resolved)) return false;
    arguments.set(key, std::move(resolved));
    return true;
  }

  /// Keras's order of a dictionary's tensors: that of the sorted keys.
  bool resolve_dict(const Config& from, const Order& order, Tensors& tensors, Config& out) {
    Order keys;
    for (const auto& [key, value] : from.as_dict()) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    Order named = order;
    std::sort(named.begin(), named.end());
    if (named == keys) keys = order;
    out = from;
    for (const auto& key : keys) {
      Config value;
      if (!resolve_value(from.at(key), order, tensors, value)) return false;
      out.set(key, std::move(value));
    }
    return true;
  }

  bool resolve_value(const Config& from, const Order& order, Tensors& tensors, Config& out) {
    if (from.is_list()) {
      out = Config::list();
      for (const auto& item : from.as_list()) {
        Config value;
        if (!resolve_value(item, order, tensors, value)) return false;
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
    if (from.is_dict() && !from.contains("class_name"))
      return resolve_dict(from, order, tensors, out);
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

  ModelEnds ends_of(const char* key) const {
    return ModelEnds(config_.at(key), is_history, [this](const Config& given) {
      Config history = given;
      const auto named = pending_.find(given.at(std::size_t{0}).as_string());
      if (named != pending_.end() && given.at(std::size_t{1}).as_int() > 0)
        history.as_list()[1] = given.at(std::size_t{1}).as_int() -
                               first_call_number(named->second.entry->get("class_name", ""));
      const Tensor tensor = find(history);
      if (!tensor.defined())
        throw ValueError(str("The model's config names an end that no layer makes: ", history));
      return tensor;
    });
  }

  const Config& config_;
  std::map<std::string, Pending> pending_;
  std::vector<std::string> order_;
  std::map<Key, Tensors> outputs_;
};

}  // namespace

Model functional_from_config(const Config& config) { return Rebuilder(config).run(); }

}  // namespace keras
