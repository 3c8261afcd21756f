#include "keras/ops/control/subgraph.h"

#include <algorithm>
#include <memory>
#include <unordered_set>

namespace keras::ops {
namespace {

using engine::Node;
using engine::NodeKind;

/// The nodes that the tensors need, each after its inputs.
std::vector<const Node*> topological_order(const Tensors& tensors) {
  std::vector<const Node*> order;
  std::unordered_set<const Node*> seen;
  std::vector<std::pair<const Node*, std::size_t>> stack;
  const auto push = [&](const Node* node) {
    if (seen.insert(node).second) stack.emplace_back(node, 0);
  };
  for (const auto& tensor : tensors) {
    push(tensor.node().get());
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next < node->inputs.size() && !node->has_values()) {
        push(node->inputs[next++].node().get());
      } else {
        order.push_back(node);
        stack.pop_back();
      }
    }
  }
  return order;
}

/// What the value of a node hangs on.
enum class Origin {
  kConstant,  ///< nothing
  kOutside,   ///< the surroundings
  kInside,    ///< a parameter
};

class Closing {
 public:
  Closing(const Tensors& parameters, const Tensors& results)
      : parameters_(parameters), results_(results) {}

  Closed run() {
    find_origins();
    for (const Node* node : topological_order(results_))
      if (origins_.at(node) == Origin::kInside)
        for (const auto& input : node->inputs) capture(input);
    for (const auto& result : results_) capture(result);
    closed_.graph.results = substitution_(results_);
    closed_.graph.parameters = stand_ins_;
    closed_.graph.parameters.insert(closed_.graph.parameters.end(), parameters_.begin(),
                                    parameters_.end());
    return std::move(closed_);
  }

 private:
  void find_origins() {
    for (const auto& parameter : parameters_) origins_[parameter.node().get()] = Origin::kInside;
    for (const Node* node : topological_order(results_)) {
      if (origins_.contains(node)) continue;
      const bool outside = node->kind == NodeKind::kPlaceholder || node->tracked;
      Origin origin = outside ? Origin::kOutside : Origin::kConstant;
      if (!node->has_values())
        for (const auto& input : node->inputs)
          origin = std::max(origin, origins_.at(input.node().get()));
      origins_[node] = origin;
    }
  }

  void capture(const Tensor& x) {
    if (origins_.at(x.node().get()) != Origin::kOutside) return;
    for (const auto& known : closed_.captures)
      if (known.is_same(x)) return;
    closed_.captures.push_back(x);
    stand_ins_.push_back(engine::make_placeholder(x.spec()));
    substitution_.replace(x, stand_ins_.back());
  }

  const Tensors& parameters_;
  const Tensors& results_;
  std::unordered_map<const Node*, Origin> origins_;
  Tensors stand_ins_;
  Substitution substitution_;
  Closed closed_;
};

}  // namespace

Tensor Substitution::lookup(const Tensor& x) const {
  if (const auto found = replaced_.find(key(x)); found != replaced_.end()) return found->second;
  const auto found = rebuilt_.find(x.node().get());
  return found == rebuilt_.end() ? Tensor() : found->second[static_cast<std::size_t>(x.index())];
}

void Substitution::rebuild(const std::shared_ptr<Node>& node) {
  Tensors inputs;
  bool changed = false;
  if (!node->has_values()) {
    for (const auto& input : node->inputs) {
      inputs.push_back(lookup(input));
      changed = changed || !inputs.back().is_same(input);
    }
  }
  Tensors& outputs = rebuilt_[node.get()];
  if (changed) {
    outputs = engine::make_call(*node->op, std::move(inputs), node->attrs);
  } else {
    for (int i = 0; i < static_cast<int>(node->specs.size()); ++i) outputs.emplace_back(node, i);
  }
}

Tensor Substitution::operator()(const Tensor& x) {
  std::vector<std::pair<std::shared_ptr<Node>, std::size_t>> stack;
  const auto visit = [&](const Tensor& tensor) {
    if (!lookup(tensor).defined()) stack.emplace_back(tensor.node(), 0);
  };
  visit(x);
  while (!stack.empty()) {
    auto& [node, next] = stack.back();
    if (next < node->inputs.size() && !node->has_values()) {
      const Tensor input = node->inputs[next++];
      visit(input);
      continue;
    }
    const std::shared_ptr<Node> ready = node;
    stack.pop_back();
    if (!rebuilt_.contains(ready.get())) rebuild(ready);
  }
  return lookup(x);
}

Tensors Substitution::operator()(const Tensors& xs) {
  Tensors out;
  for (const auto& x : xs) out.push_back((*this)(x));
  return out;
}

Tensors tensors_of(const Tensors& results, bool (*of_interest)(const engine::Op* op)) {
  std::unordered_set<const Node*> wanted;
  for (const Node* node : topological_order(results))
    if (node->kind == NodeKind::kOp && !node->has_values() && of_interest(node->op))
      wanted.insert(node);
  // A node is found as somebody's input, which is what holds it.
  Tensors out;
  const auto add = [&](const Tensor& x) {
    if (wanted.erase(x.node().get()) == 0) return;
    for (int i = 0; i < static_cast<int>(x.node()->specs.size()); ++i)
      out.emplace_back(x.node(), i);
  };
  for (const auto& result : results) wanted.erase(result.node().get());
  for (const Node* node : topological_order(results))
    for (const auto& input : node->inputs) add(input);
  return out;
}

Tensors calls_of(const Tensors& results, const engine::Op& op) {
  std::unordered_map<const Node*, Tensor> found;
  const auto note = [&](const Tensor& x) {
    if (x.node()->op == &op && !x.node()->has_values())
      found.try_emplace(x.node().get(), Tensor(x.node(), 0));
  };
  for (const auto& result : results) note(result);
  const auto order = topological_order(results);
  for (const Node* node : order)
    for (const auto& input : node->inputs) note(input);
  Tensors out;
  for (const Node* node : order)
    if (const auto call = found.find(node); call != found.end()) out.push_back(call->second);
  return out;
}

std::vector<bool> dependence(const Tensors& results, const Tensors& parameters) {
  const auto order = topological_order(results);
  const std::unordered_set<const Node*> needed(order.begin(), order.end());
  std::vector<bool> out;
  for (const auto& parameter : parameters) out.push_back(needed.contains(parameter.node().get()));
  return out;
}

Closed close_over(const Tensors& parameters, const Tensors& results) {
  return Closing(parameters, results).run();
}

}  // namespace keras::ops
