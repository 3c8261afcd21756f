#include "keras/backend/cpu/fusions/swapped_matmul.h"

#include <utility>
#include <vector>

#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/engine_passes.h"
#include "keras/ops/shape/layout.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

TensorSpec swapped(TensorSpec spec, bool swap) {
  if (swap) std::swap(spec.shape[1], spec.shape[2]);
  return spec;
}

MatmulProblem problem_of(const engine::KernelCall& call) {
  const auto& attrs = call.attrs.as<SwappedMatmulAttrs>();
  MatmulProblem problem{.transpose_a = attrs.product.transpose_a,
                        .transpose_b = attrs.product.transpose_b};
  problem.swapped_a = attrs.a;
  problem.swapped_b = attrs.b;
  problem.swapped_c = attrs.c;
  return problem;
}

class Rewriter {
 public:
  explicit Rewriter(Graph graph) : graph_(std::move(graph)), index_(graph_) {}

  Graph run() {
    for (auto& call : graph_.calls) {
      if (is_swap(call)) write_swapped(call);
      if (call.op == &ops::matmul_op) read_swapped(call);
    }
    return engine::drop_dead_code(std::move(graph_));
  }

 private:
  static bool transposes(const GraphCall& call, std::vector<int> order) {
    return call.op == &ops::transpose_op && call.attrs == ops::TransposeAttrs{std::move(order)};
  }
  static bool is_swap(const GraphCall& call) { return transposes(call, {0, 2, 1, 3}); }
  GraphCall* maker(ValueId value) {
    const int call = index_.maker(value);
    return call < 0 ? nullptr : &graph_.calls[static_cast<std::size_t>(call)];
  }

  /// Broadcast batches stay with the ordinary product.
  bool takes_swaps(const GraphCall& call) const {
    const Shape& a = graph_.spec(call.inputs[0]).shape;
    const Shape& b = graph_.spec(call.inputs[1]).shape;
    const DType dtype = graph_.spec(call.outputs[0]).dtype;
    return (dtype == DType::kFloat32 || dtype == DType::kBfloat16) && a.rank() == 4 &&
           b.rank() == 4 && a[0] == b[0] && a[1] == b[1] && a.size() > 0 && b.size() > 0;
  }

  void read_swapped(GraphCall& call) {
    if (!takes_swaps(call)) return;
    SwappedMatmulAttrs attrs{.product = call.attrs.as<ops::MatmulAttrs>()};
    read_swapped(call.inputs[0], attrs.a, attrs.product.transpose_a);
    read_swapped(call.inputs[1], attrs.b, attrs.product.transpose_b);
    if (!attrs.a && !attrs.b) return;
    call.op = &swapped_matmul_op;
    call.attrs = attrs;
  }

  /// A swap of the middle axes, which the last two may be exchanged after.
  void read_swapped(ValueId& input, bool& swapped, bool& transposed) {
    const GraphCall* last = maker(input);
    const bool exchanged = last && transposes(*last, {0, 1, 3, 2});
    const GraphCall* swap = exchanged ? maker(last->inputs[0]) : last;
    if (!swap || !is_swap(*swap)) return;
    swapped = true;
    transposed = transposed != exchanged;
    input = swap->inputs[0];
  }

  /// The product stands before the copy of it, and gives what the copy gave.
  void write_swapped(GraphCall& swap) {
    GraphCall* product = maker(swap.inputs[0]);
    if (!product || index_.uses(swap.inputs[0]) != 1) return;
    SwappedMatmulAttrs attrs;
    if (product->op == &swapped_matmul_op) {
      attrs = product->attrs.as<SwappedMatmulAttrs>();
    } else if (product->op == &ops::matmul_op && takes_swaps(*product)) {
      attrs.product = product->attrs.as<ops::MatmulAttrs>();
    } else {
      return;
    }
    attrs.c = true;
    product->op = &swapped_matmul_op;
    product->attrs = attrs;
    std::swap(product->outputs, swap.outputs);
    index_.set_maker(product->outputs[0], static_cast<int>(product - graph_.calls.data()));
    // What the copy made is made by the product; the copy, which nobody needs, reads that.
    swap.inputs[0] = product->outputs[0];
  }

  Graph graph_;
  engine::GraphIndex index_;
};

}  // namespace

const engine::Op swapped_matmul_op = engine::define_op<SwappedMatmulAttrs>({
    .name = "swapped_matmul",
    .infer =
        [](const Specs& in, const SwappedMatmulAttrs& attrs) {
          const Specs out = ops::matmul_op.infer({swapped(in[0], attrs.a), swapped(in[1], attrs.b)},
                                                 attrs.product);
          return Specs{swapped(out[0], attrs.c)};
        },
});

const engine::Kernel onednn_swapped_matmul{
    "onednn_swapped_matmul",
    [](const engine::KernelCall& call) { return matmul_refusal(problem_of(call), call); },
    [](const engine::KernelCall& call) { return prepare_matmul(problem_of(call), call); }};

Graph swap_in_matmul(Graph graph) { return Rewriter(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
