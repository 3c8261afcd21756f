#include "keras/backend/cpu/fusions/pool_choices.h"

#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/engine/graph/graph_index.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// A choice is a byte, and belongs to one window only.
bool takes(const TensorSpec& x, const ops::PoolAttrs& pool) {
  constexpr std::int64_t kMostElements = 256;
  std::int64_t elements = 1;
  for (std::size_t i = 0; i < pool.window.size(); ++i) {
    if (pool.window[i] > pool.strides[i]) return false;
    elements *= pool.window[i];
    if (elements > kMostElements) return false;
  }
  return x.dtype == DType::kFloat32;
}

class Rewriter {
 public:
  explicit Rewriter(Graph graph) : graph_(std::move(graph)), index_(graph_) {}

  Graph run() {
    for (auto& call : graph_.calls)
      if (call.op == &ops::max_pool_op) keep_choices(call);
    return std::move(graph_);
  }

 private:
  void keep_choices(GraphCall& pool) {
    const ValueId x = pool.inputs[0];
    const auto& attrs = pool.attrs.as<ops::PoolAttrs>();
    if (!takes(graph_.spec(x), attrs)) return;
    std::vector<GraphCall*> gradients;
    for (const int user : index_.users(x)) {
      GraphCall& call = graph_.calls[static_cast<std::size_t>(user)];
      if (call.op == &ops::max_pool_gradient_op && call.inputs[0] == x && call.attrs == pool.attrs)
        gradients.push_back(&call);
    }
    if (gradients.empty()) return;
    const Shape& size = graph_.spec(x).shape;
    const ops::PoolGradientAttrs spread{attrs, size.slice(1, size.rank() - 1).dims()};
    const ValueId choices = graph_.add_value({graph_.spec(pool.outputs[0]).shape, DType::kUint8});
    pool.op = &max_pool_choice_op;
    pool.outputs.push_back(choices);
    for (GraphCall* gradient : gradients) {
      gradient->op = &max_pool_spread_op;
      gradient->attrs = spread;
      gradient->inputs[0] = choices;
    }
  }

  Graph graph_;
  engine::GraphIndex index_;
};

}  // namespace

const engine::Op max_pool_choice_op = engine::define_op<ops::PoolAttrs>({
    .name = "max_pool_choice",
    .infer =
        [](const Specs& in, const ops::PoolAttrs& attrs) {
          const Specs out = ops::max_pool_op.infer(in, attrs);
          return Specs{out[0], {out[0].shape, DType::kUint8}};
        },
});

const engine::Op max_pool_spread_op = engine::define_op<ops::PoolGradientAttrs>({
    .name = "max_pool_spread",
    .infer =
        [](const Specs& in, const ops::PoolGradientAttrs& attrs) {
          return ops::average_pool_gradient_op.infer({in[1]}, attrs);
        },
});

Graph keep_pool_choices(Graph graph) { return Rewriter(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
