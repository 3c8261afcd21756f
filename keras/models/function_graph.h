#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keras/ops/operation.h"

namespace keras {

/// The calls that lead from symbolic inputs to symbolic outputs, in an order in which each follows
/// what it needs (Keras: keras.src.ops.function.Function).
class FunctionGraph {
 public:
  FunctionGraph() = default;
  /// Throws ValueError for tensors that are not symbolic, for outputs that need an input that is
  /// not among `inputs`, for a cycle, and for two operations of one name.
  FunctionGraph(Tensors inputs, Tensors outputs, const std::string& model_name);

  /// The outputs for other inputs; every operation is called anew.
  Tensors run(const Tensors& inputs, const CallContext& context) const;

  const Tensors& inputs() const { return inputs_; }
  const Tensors& outputs() const { return outputs_; }
  /// The calls, deepest first, as Keras orders them; those that give the inputs come first.
  const std::vector<std::shared_ptr<OperationNode>>& nodes() const { return nodes_; }
  /// The operations in Keras's order, each once.
  const std::vector<std::shared_ptr<Operation>>& operations() const { return operations_; }
  bool is_input_node(const OperationNode& node) const;

 private:
  class Mapper;
  Tensors inputs_;
  Tensors outputs_;
  std::vector<std::shared_ptr<OperationNode>> nodes_;
  std::vector<std::shared_ptr<Operation>> operations_;
};

}  // namespace keras
