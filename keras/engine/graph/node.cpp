#include "keras/engine/graph/node.h"

#include <utility>

#include "keras/engine/error.h"

namespace keras::engine {
namespace {

Tensor make_leaf(NodeKind kind, TensorSpec spec) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->specs.push_back(std::move(spec));
  return Tensor(std::move(node), 0);
}

}  // namespace

Node::~Node() {
  Tensors doomed = std::move(inputs);
  while (!doomed.empty()) {
    const Tensor last = std::move(doomed.back());
    doomed.pop_back();
    if (last.defined() && last.node().use_count() == 1) {
      for (auto& input : last.node()->inputs) doomed.push_back(std::move(input));
      last.node()->inputs.clear();
    }
  }
}

Tensors make_call(const Op& op, Tensors inputs, Attrs attrs) {
  Specs specs;
  specs.reserve(inputs.size());
  bool tracked = false;
  for (const auto& input : inputs) {
    if (!input.defined()) throw ValueError(str(op.name, ": an input is an empty Tensor."));
    if (input.is_symbolic())
      throw ValueError(
          str(op.name, ": a symbolic tensor has no values; received ", input.to_string(), "."),
          "call a keras::ops function on it, or a Layer.");
    specs.push_back(input.spec());
    tracked = tracked || input.node()->tracked;
  }
  auto node = std::make_shared<Node>();
  node->kind = NodeKind::kOp;
  node->op = &op;
  node->specs = op.infer(specs, attrs);
  node->attrs = std::move(attrs);
  node->inputs = std::move(inputs);
  node->tracked = tracked;
  Tensors outputs;
  for (int i = 0; i < static_cast<int>(node->specs.size()); ++i) outputs.emplace_back(node, i);
  return outputs;
}

Tensor make_constant(TensorSpec spec, Storage storage, bool weak) {
  Tensor tensor = make_leaf(NodeKind::kConstant, std::move(spec));
  tensor.node()->weak = weak;
  tensor.node()->values.push_back(std::move(storage));
  return tensor;
}

Tensor make_placeholder(TensorSpec spec) {
  return make_leaf(NodeKind::kPlaceholder, std::move(spec));
}

Tensor make_symbolic(TensorSpec spec, std::shared_ptr<History> history) {
  Tensor tensor = make_leaf(NodeKind::kSymbolic, std::move(spec));
  tensor.node()->history = std::move(history);
  return tensor;
}

}  // namespace keras::engine
