#include "keras/backend/cpu/fusions/bias_before_reshape.h"

#include <optional>
#include <utility>
#include <vector>

#include "keras/engine/graph/graph_index.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// True where the bias has the last axes of a tensor, and these are all that the columns of the
/// product were split into.
bool covers_columns(const Shape& bias, const Shape& tensor, std::int64_t columns) {
  if (bias.rank() == 0 || bias.rank() > tensor.rank()) return false;
  return bias.size() == columns && bias == tensor.slice(tensor.rank() - bias.rank(), tensor.rank());
}

class Rewriter {
 public:
  explicit Rewriter(Graph graph) : graph_(std::move(graph)), index_(graph_) {}

  Graph run() {
    std::vector<GraphCall> calls;
    for (const auto& call : graph_.calls) {
      if (call.op != &ops::add_op || !rewrite(call, calls)) calls.push_back(call);
    }
    graph_.calls = std::move(calls);
    return std::move(graph_);
  }

 private:
  /// The call that makes a value, where it is of an operation and nobody else uses what it makes.
  const GraphCall* made_by(ValueId value, const engine::Op& op) const {
    const int maker = index_.maker(value);
    if (maker < 0 || index_.uses(value) != 1) return nullptr;
    const GraphCall& call = graph_.calls[static_cast<std::size_t>(maker)];
    return call.op == &op ? &call : nullptr;
  }

  bool rewrite(const GraphCall& add, std::vector<GraphCall>& calls) {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const GraphCall* reshaped = made_by(add.inputs[side], ops::reshape_op);
      if (!reshaped || !made_by(reshaped->inputs[0], ops::matmul_op)) continue;
      const ValueId product = reshaped->inputs[0], bias = add.inputs[1 - side];
      const TensorSpec flat = graph_.spec(product);
      const TensorSpec out = graph_.spec(add.outputs[0]);
      if (flat.shape.rank() != 2 || graph_.spec(bias).dtype != flat.dtype ||
          out != graph_.spec(add.inputs[side]) ||
          !covers_columns(graph_.spec(bias).shape, out.shape, flat.shape[-1]))
        continue;
      const Shape columns = {flat.shape[-1]};
      const ValueId row = graph_.add_value({columns, flat.dtype});
      const ValueId sum = graph_.add_value(flat);
      calls.push_back({&ops::reshape_op, ops::ReshapeAttrs{columns}, {bias}, {row}});
      calls.push_back({&ops::add_op, engine::NoAttrs{}, {product, row}, {sum}});
      calls.push_back({&ops::reshape_op, ops::ReshapeAttrs{out.shape}, {sum}, add.outputs});
      return true;
    }
    return false;
  }

  Graph graph_;
  engine::GraphIndex index_;
};

/// The reshapes that nobody reads any more.
Graph without_unused_reshapes(Graph graph) {
  const std::vector<int> uses = graph.use_counts();
  std::erase_if(graph.calls, [&](const GraphCall& call) {
    return call.op == &ops::reshape_op && uses[static_cast<std::size_t>(call.outputs[0])] == 0;
  });
  return graph;
}

}  // namespace

Graph bias_before_reshape(Graph graph) {
  return without_unused_reshapes(Rewriter(std::move(graph)).run());
}

}  // namespace keras::backend::cpu
