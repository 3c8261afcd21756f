#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "keras/engine/graph/attrs.h"
#include "keras/engine/graph/op.h"
#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

enum class NodeKind : std::uint8_t {
  kOp,           ///< the result of an operation, pending or done
  kConstant,     ///< given values
  kPlaceholder,  ///< an argument of a function, or a variable's value, while it is traced
  kSymbolic,     ///< descends from Input: shape and history only
};

/// Where a symbolic tensor came from; the models' room says what is in it.
struct History {
  virtual ~History() = default;
};

/// What a Tensor points at: a call of an operation with its inputs, or a leaf.
struct Node {
  NodeKind kind = NodeKind::kConstant;
  /// A scalar written in the program: takes the dtype of what it meets.
  bool weak = false;
  /// Somebody will differentiate through this node: its inputs stay after it ran.
  bool tracked = false;
  const Op* op = nullptr;
  Attrs attrs;
  Tensors inputs;
  Specs specs;                  ///< one an output
  std::vector<Storage> values;  ///< one an output, once there
  std::shared_ptr<History> history;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  /// Releases long chains in a loop: recursion would overflow the stack.
  ~Node();

  bool has_values() const { return !values.empty(); }
};

/// A call of an operation on tensors that are not symbolic. Checks the inputs through `infer`.
Tensors make_call(const Op& op, Tensors inputs, Attrs attrs);
/// Leaves.
Tensor make_constant(TensorSpec spec, Storage storage, bool weak = false);
Tensor make_placeholder(TensorSpec spec);
Tensor make_symbolic(TensorSpec spec, std::shared_ptr<History> history);

}  // namespace keras::engine
