#include "keras/models/function_graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/layer_impl.h"

namespace keras {
namespace {

using NodePtr = std::shared_ptr<OperationNode>;
/// One output of one call.
using Place = std::pair<const OperationNode*, int>;

Place place_of(const Tensor& tensor) {
  const OperationHistory& history = history_of(tensor);
  return {history.node.get(), history.output_index};
}

}  // namespace

/// Finds the nodes by depth-first search from the outputs and orders them by depth, with the ties
/// as Keras breaks them: a model's weights are listed in this order.
class FunctionGraph::Mapper {
 public:
  Mapper(const Tensors& inputs, const std::string& model) : model_(model) {
    for (const auto& input : inputs) input_places_.insert(place_of(input));
  }

  void visit(const Tensor& tensor) {
    const NodePtr node = history_of(tensor).node;
    if (finished_.contains(node.get())) return;
    if (in_progress_.contains(node.get()))
      throw ValueError(str("Tensor ", tensor.to_string(), " from operation '",
                           node->operation->name(), "' is part of a cycle."));
    first_seen_.try_emplace(node->operation.get(), static_cast<int>(first_seen_.size()));
    in_progress_.insert(node.get());
    if (!input_places_.contains(place_of(tensor))) {
      if (node->inputs.empty())
        throw ValueError(
            str("`inputs` not connected to `outputs`: the model ", model_, " needs the tensor of '",
                node->operation->name(), "', which is not among its inputs."),
            "pass every Input that the outputs depend on in `inputs`.");
      for (const auto& input : node->inputs) visit(input);
    }
    in_progress_.erase(node.get());
    finished_.insert(node.get());
    post_order_.push_back(node);
  }

  void assign_depths(const Tensors& inputs) {
    for (auto node = post_order_.rbegin(); node != post_order_.rend(); ++node) {
      int& depth = node_depth_[node->get()];
      int& operation_depth = operation_depth_[(*node)->operation.get()];
      depth = std::max(depth, operation_depth);
      operation_depth = depth;
      if (is_leaf(**node)) continue;
      for (const auto& input : (*node)->inputs) {
        int& needed = node_depth_[history_of(input).node.get()];
        needed = std::max(needed, depth + 1);
      }
    }
    // An input that nothing uses is an input all the same.
    for (const auto& input : inputs) {
      const NodePtr node = history_of(input).node;
      if (finished_.contains(node.get())) continue;
      post_order_.push_back(node);
      node_depth_[node.get()] = 0;
      operation_depth_[node->operation.get()] = 0;
      first_seen_[node->operation.get()] = -1;
    }
  }

  std::vector<NodePtr> nodes() const {
    std::vector<NodePtr> nodes = post_order_;
    std::stable_sort(nodes.begin(), nodes.end(), [&](const NodePtr& a, const NodePtr& b) {
      return node_depth_.at(a.get()) > node_depth_.at(b.get());
    });
    return nodes;
  }

  std::vector<std::shared_ptr<Operation>> operations() const {
    std::vector<std::shared_ptr<Operation>> operations;
    std::set<const Operation*> seen;
    for (const auto& node : post_order_)
      if (seen.insert(node->operation.get()).second) operations.push_back(node->operation);
    std::stable_sort(operations.begin(), operations.end(), [&](const auto& a, const auto& b) {
      const auto rank = [&](const auto& operation) {
        return std::pair(-operation_depth_.at(operation.get()), first_seen_.at(operation.get()));
      };
      return rank(a) < rank(b);
    });
    return operations;
  }

 private:
  bool is_leaf(const OperationNode& node) const {
    if (node.inputs.empty()) return true;
    for (int i = 0; i < static_cast<int>(node.output_specs.size()); ++i)
      if (input_places_.contains({&node, i})) return true;
    return false;
  }

  const std::string& model_;
  std::set<Place> input_places_;
  std::set<const OperationNode*> finished_;
  std::set<const OperationNode*> in_progress_;
  std::vector<NodePtr> post_order_;
  std::map<const Operation*, int> first_seen_;
  std::map<const OperationNode*, int> node_depth_;
  std::map<const Operation*, int> operation_depth_;
};

FunctionGraph::FunctionGraph(Tensors inputs, Tensors outputs, const std::string& model_name)
    : inputs_(std::move(inputs)), outputs_(std::move(outputs)) {
  if (inputs_.empty() || outputs_.empty())
    throw ValueError(str("The model ", model_name, " needs at least one input and one output."));
  Mapper mapper(inputs_, model_name);
  for (const auto& output : outputs_) mapper.visit(output);
  mapper.assign_depths(inputs_);
  nodes_ = mapper.nodes();
  operations_ = mapper.operations();
  std::set<std::string> names;
  for (const auto& operation : operations_)
    if (!names.insert(operation->name()).second)
      throw ValueError(str("All operations in a model must have unique names; \"",
                           operation->name(), "\" is used more than once in ", model_name, "."),
                       "give the layers names of their own.");
}

bool FunctionGraph::is_input_node(const OperationNode& node) const {
  return std::any_of(inputs_.begin(), inputs_.end(),
                     [&](const Tensor& input) { return history_of(input).node.get() == &node; });
}

Tensors FunctionGraph::run(const Tensors& inputs, const CallContext& context) const {
  std::map<Place, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) values[place_of(inputs_[i])] = inputs[i];
  for (const auto& node : nodes_) {
    if (node->inputs.empty() || is_input_node(*node)) continue;
    Tensors arguments;
    for (const auto& input : node->inputs) arguments.push_back(values.at(place_of(input)));
    const Tensors results = node->operation->replay(arguments, node->arguments, context);
    for (std::size_t i = 0; i < results.size(); ++i)
      values[{node.get(), static_cast<int>(i)}] = results[i];
    const auto* layer = dynamic_cast<const LayerImpl*>(node->operation.get());
    if (layer && layer->takes_masks_away())
      for (const auto& argument : arguments)
        if (argument.dtype() == layer->compute_dtype())
          for (auto& [place, value] : values)
            if (value.is_same(argument)) value = value.without_mask();
  }
  Tensors out;
  for (const auto& output : outputs_) out.push_back(values.at(place_of(output)));
  return out;
}

}  // namespace keras
