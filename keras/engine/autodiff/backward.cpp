#include "keras/engine/autodiff/backward.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

/// The nodes that the outputs need, each after its inputs; recursion would overflow on long chains.
std::vector<Node*> topological_order(const Tensors& outputs) {
  std::vector<Node*> order;
  std::unordered_set<const Node*> seen;
  std::vector<std::pair<Node*, std::size_t>> stack;
  const auto push = [&](const Tensor& tensor) {
    if (tensor.defined() && seen.insert(tensor.node().get()).second)
      stack.emplace_back(tensor.node().get(), 0);
  };
  for (const auto& output : outputs) {
    push(output);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next < node->inputs.size()) {
        push(node->inputs[next++]);
      } else {
        order.push_back(node);
        stack.pop_back();
      }
    }
  }
  return order;
}

class Differentiation {
 public:
  Differentiation(const Tensors& wrt,
                  const std::function<Tensor(const Tensor&, const Tensor&)>& accumulate)
      : wrt_(wrt), accumulate_(accumulate) {}

  void add_cotangent(const Tensor& tensor, const Tensor& cotangent) {
    auto& slots = cotangents_[tensor.node().get()];
    slots.resize(tensor.node()->specs.size());
    Tensor& slot = slots[static_cast<std::size_t>(tensor.index())];
    slot = slot.defined() ? accumulate_(slot, cotangent) : cotangent;
  }

  /// Marks which nodes lie between the outputs and `wrt`; only these are differentiated.
  void mark(const std::vector<Node*>& order) {
    for (const auto& tensor : wrt_) needed_.insert(tensor.node().get());
    for (const Node* node : order)
      for (const auto& input : node->inputs)
        if (needed_.contains(input.node().get())) needed_.insert(node);
  }

  void propagate(const std::shared_ptr<Node>& shared) {
    Node& node = *shared;
    const auto found = cotangents_.find(&node);
    if (found == cotangents_.end() || node.inputs.empty()) return;
    std::vector<bool> needs;
    bool any = false;
    for (const auto& input : node.inputs) {
      needs.push_back(needed_.contains(input.node().get()));
      any = any || needs.back();
    }
    if (!any) return;
    if (!node.op->gradient)
      throw ValueError(str("The operation ", node.op->name, " has no gradient."));
    Tensors outputs;
    for (int i = 0; i < static_cast<int>(node.specs.size()); ++i) outputs.emplace_back(shared, i);
    const Tensors cotangents = found->second;
    const Tensors gradients =
        node.op->gradient(Backward(node.inputs, outputs, cotangents, needs), node.attrs);
    for (std::size_t i = 0; i < gradients.size(); ++i)
      if (needs[i] && gradients[i].defined()) add_cotangent(node.inputs[i], gradients[i]);
  }

  Tensors results() const {
    Tensors out;
    for (const auto& tensor : wrt_) {
      const auto found = cotangents_.find(tensor.node().get());
      out.push_back(found == cotangents_.end()
                        ? Tensor()
                        : found->second[static_cast<std::size_t>(tensor.index())]);
    }
    return out;
  }

 private:
  const Tensors& wrt_;
  const std::function<Tensor(const Tensor&, const Tensor&)>& accumulate_;
  std::unordered_map<const Node*, Tensors> cotangents_;
  std::unordered_set<const Node*> needed_;
};

/// Handles on the nodes of an order, found through their users.
std::unordered_map<const Node*, std::shared_ptr<Node>> handles(const Tensors& outputs,
                                                               const std::vector<Node*>& order) {
  std::unordered_map<const Node*, std::shared_ptr<Node>> out;
  for (const auto& output : outputs) out[output.node().get()] = output.node();
  for (const Node* node : order)
    for (const auto& input : node->inputs) out[input.node().get()] = input.node();
  return out;
}

}  // namespace

Tensors backward(const Tensors& outputs, const Tensors& cotangents, const Tensors& wrt,
                 const std::function<Tensor(const Tensor&, const Tensor&)>& accumulate) {
  const std::vector<Node*> order = topological_order(outputs);
  const auto shared = handles(outputs, order);
  Differentiation differentiation(wrt, accumulate);
  differentiation.mark(order);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (cotangents[i].defined()) differentiation.add_cotangent(outputs[i], cotangents[i]);
  for (auto node = order.rbegin(); node != order.rend(); ++node)
    differentiation.propagate(shared.at(*node));
  return differentiation.results();
}

}  // namespace keras::engine
