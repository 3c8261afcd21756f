#include "keras/engine/graph/graph.h"

#include <unordered_map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

class Builder {
 public:
  ValueId add_leaf(const Tensor& tensor) {
    const ValueId value = graph_.add_value(tensor.spec());
    ids_[tensor.node().get()] = {value};
    return value;
  }

  /// The value of a tensor, adding the calls that it still needs, inputs first.
  ValueId value_of(const Tensor& tensor) {
    std::vector<std::pair<const Node*, std::size_t>> stack;
    const auto visit = [&](const Node* node) {
      if (!ids_.contains(node)) stack.emplace_back(node, 0);
    };
    visit(tensor.node().get());
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next < node->inputs.size() && !node->has_values()) {
        visit(node->inputs[next++].node().get());
        continue;
      }
      const Node* ready = node;
      stack.pop_back();
      if (!ids_.contains(ready)) add_node(*ready);
    }
    return ids_.at(tensor.node().get())[static_cast<std::size_t>(tensor.index())];
  }

  Graph& graph() { return graph_; }

 private:
  void add_node(const Node& node) {
    auto& ids = ids_[&node];
    for (const auto& spec : node.specs) ids.push_back(graph_.add_value(spec));
    if (node.has_values()) {
      for (std::size_t i = 0; i < ids.size(); ++i)
        graph_.constants.push_back({ids[i], node.values[i]});
      return;
    }
    if (node.kind != NodeKind::kOp)
      throw ValueError("A traced function used a tensor of another traced function.",
                       "pass it as an argument or keep it in a Variable.");
    GraphCall call{node.op, node.attrs, {}, ids};
    for (const auto& input : node.inputs)
      call.inputs.push_back(ids_.at(input.node().get())[static_cast<std::size_t>(input.index())]);
    graph_.calls.push_back(std::move(call));
  }

  Graph graph_;
  std::unordered_map<const Node*, std::vector<ValueId>> ids_;
};

}  // namespace

Graph build_graph(const Tensors& arguments, const Tensors& results, const Trace& trace) {
  Builder builder;
  Graph& graph = builder.graph();
  for (const auto& argument : arguments) graph.arguments.push_back(builder.add_leaf(argument));
  for (const auto& traced : trace.variables())
    graph.variables.push_back({traced.variable, builder.add_leaf(traced.initial), kNoValue});
  for (const auto& result : results) graph.results.push_back(builder.value_of(result));
  // The last layers' variables first: their gradients are then used while they are at hand, and not
  // kept until the first layer's are known.
  for (std::size_t i = graph.variables.size(); i-- > 0;)
    graph.variables[i].final = builder.value_of(trace.variables()[i].latest);
  return std::move(graph);
}

LayoutPtr Graph::layout(ValueId value) const {
  const auto index = static_cast<std::size_t>(value);
  return index < layouts.size() ? layouts[index] : nullptr;
}

std::vector<LayoutPtr> Graph::layouts_of(const std::vector<ValueId>& ids) const {
  std::vector<LayoutPtr> out;
  for (const ValueId id : ids) out.push_back(layout(id));
  return out;
}

void Graph::set_layout(ValueId value, LayoutPtr new_layout) {
  layouts.resize(values.size());
  layouts[static_cast<std::size_t>(value)] = std::move(new_layout);
}

Specs Graph::specs(const std::vector<ValueId>& ids) const {
  Specs out;
  out.reserve(ids.size());
  for (const ValueId id : ids) out.push_back(spec(id));
  return out;
}

void Graph::replace_uses(const std::vector<ValueId>& replacement) {
  const auto replace = [&](ValueId& value) {
    value = replacement[static_cast<std::size_t>(value)];
  };
  for (auto& call : calls)
    for (auto& input : call.inputs) replace(input);
  for (auto& result : results) replace(result);
  for (auto& variable : variables) replace(variable.final);
}

std::vector<int> Graph::use_counts() const {
  std::vector<int> counts(values.size(), 0);
  const auto use = [&](ValueId value) { ++counts[static_cast<std::size_t>(value)]; };
  for (const auto& call : calls)
    for (const ValueId input : call.inputs) use(input);
  for (const ValueId result : results) use(result);
  for (const auto& variable : variables)
    if (variable.final != variable.initial) use(variable.final);
  return counts;
}

}  // namespace keras::engine
