#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_batch_norm.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/relu.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::kNoValue;
using engine::ValueId;

class Fuser {
 public:
  explicit Fuser(Graph graph)
      : graph_(std::move(graph)), index_(graph_), taken_(graph_.calls.size(), false) {}

  Graph run() {
    // Gradients first: they look at the normalization and the rectifier as they are.
    for (auto& call : graph_.calls)
      if (call.op == &ops::batch_norm_gradient_op) {
        fuse_gradient(call);
        fuse_sums(call);
      }
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (graph_.calls[i].op == &ops::batch_norm_training_op) fuse_forward(i);
    std::vector<GraphCall> calls;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (!taken_[i]) calls.push_back(std::move(graph_.calls[i]));
    graph_.calls = std::move(calls);
    return engine::drop_dead_code(std::move(graph_));
  }

 private:
  const GraphCall* call(int i) const {
    return i < 0 ? nullptr : &graph_.calls[static_cast<std::size_t>(i)];
  }
  const GraphCall* maker(ValueId value) const { return call(index_.maker(value)); }
  const GraphCall* only_user(ValueId value) const { return call(index_.only_user(value)); }

  /// The new call stands where the normalization stood, so that its statistics come in time; what
  /// it adds must be there by then.
  void fuse_forward(std::size_t place) {
    GraphCall& norm = graph_.calls[place];
    FusedBatchNormAttrs attrs{.norm = norm.attrs.as<ops::BatchNormAttrs>()};
    ValueId value = norm.outputs[0], residual = kNoValue;
    const GraphCall* next = only_user(value);
    const auto take = [&] {
      value = next->outputs[0];
      taken_[static_cast<std::size_t>(next - graph_.calls.data())] = true;
      next = only_user(value);
    };
    if (next && next->op == &ops::add_op) {
      residual = addend(*next, value, place);
      if (residual == kNoValue) return;
      take();
    }
    if (next && next->op == &ops::relu_op) {
      attrs.rectified = true;
      attrs.max_value = next->attrs.as<ops::ReluAttrs>().max_value;
      take();
    }
    if (value == norm.outputs[0]) return;
    attrs.residual = residual != kNoValue;
    if (attrs.residual) norm.inputs.push_back(residual);
    norm.op = &fused_batch_norm_op;
    norm.attrs = attrs;
    norm.outputs[0] = value;
    index_.set_maker(value, static_cast<int>(place));
  }

  ValueId addend(const GraphCall& add, ValueId value, std::size_t place) const {
    const ValueId other = add.inputs[add.inputs[0] == value ? 1 : 0];
    const bool fits = other != value && graph_.spec(other) == graph_.spec(value) &&
                      graph_.spec(add.outputs[0]) == graph_.spec(value);
    return fits && index_.maker(other) < static_cast<int>(place) ? other : kNoValue;
  }

  /// dy is select(y > 0, select(y < max_value, …, 0), 0) for the rectified outcome y of the
  /// normalization whose gradient is taken, or the former alone.
  void fuse_gradient(GraphCall& gradient) {
    const std::size_t mean = gradient.attrs.as<ops::BatchNormAttrs>().scale ? 2 : 1;
    const GraphCall* norm = maker(gradient.inputs[mean]);
    if (!norm || norm->op != &ops::batch_norm_training_op || norm->inputs[0] != gradient.inputs[0])
      return;
    const GraphCall* relu = only_user(norm->outputs[0]);
    if (!relu || relu->op != &ops::relu_op) return;
    const double most = relu->attrs.as<ops::ReluAttrs>().max_value;
    bool above = false, below = std::isinf(most);
    ValueId dy = gradient.inputs.back();
    while (!above || !below) {
      const GraphCall* select = only_user(dy) ? maker(dy) : nullptr;
      if (!select || select->op != &ops::select_op || !is_number(select->inputs[2], 0)) return;
      const GraphCall* condition = maker(select->inputs[0]);
      if (!condition || condition->inputs[0] != relu->outputs[0]) return;
      if (condition->op == &ops::greater_op && is_number(condition->inputs[1], 0)) {
        above = true;
      } else if (condition->op == &ops::less_op && is_number(condition->inputs[1], most)) {
        below = true;
      } else {
        return;
      }
      dy = select->inputs[1];
      if (graph_.spec(dy) != graph_.spec(gradient.inputs[0])) return;
    }
    FusedBatchNormAttrs attrs{.norm = norm->attrs.as<ops::BatchNormAttrs>(), .max_value = most};
    attrs.rectified = true;
    if (attrs.norm.center)
      gradient.inputs.insert(gradient.inputs.begin() + static_cast<std::ptrdiff_t>(mean),
                             norm->inputs[attrs.norm.scale ? 2 : 1]);
    gradient.inputs.back() = dy;
    gradient.op = &fused_batch_norm_gradient_op;
    gradient.attrs = attrs;
  }

  static bool is_all_but_last(const std::vector<int>& axes, int rank) {
    std::vector<int> expected(static_cast<std::size_t>(rank - 1));
    std::iota(expected.begin(), expected.end(), 0);
    return axes == expected;
  }

  /// The sum of dx by column, which is the gradient of a bias before the normalization.
  void fuse_sums(GraphCall& gradient) {
    const TensorSpec& dx = graph_.spec(gradient.outputs[0]);
    for (const int user : index_.users(gradient.outputs[0])) {
      GraphCall& sum = graph_.calls[static_cast<std::size_t>(user)];
      if (sum.op != &ops::reduce_op) continue;
      const auto& reduce = sum.attrs.as<ops::ReduceAttrs>();
      if (reduce.kind != ops::ReduceKind::kSum || reduce.keepdims ||
          graph_.spec(sum.outputs[0]) != TensorSpec{{dx.shape[-1]}, dx.dtype} ||
          !is_all_but_last(reduce.axes, dx.shape.rank()))
        continue;
      FusedBatchNormAttrs attrs;
      if (gradient.op == &fused_batch_norm_gradient_op) {
        attrs = gradient.attrs.as<FusedBatchNormAttrs>();
      } else {
        attrs.norm = gradient.attrs.as<ops::BatchNormAttrs>();
        attrs.norm.center = false;  // beta is no input
      }
      attrs.sums = true;
      gradient.op = &fused_batch_norm_gradient_op;
      gradient.attrs = attrs;
      gradient.outputs.push_back(sum.outputs[0]);
      taken_[static_cast<std::size_t>(user)] = true;
      return;
    }
  }

  bool is_number(ValueId value, double number) const {
    const TensorSpec& spec = graph_.spec(value);
    if (spec.shape.size() != 1) return false;
    for (const auto& constant : graph_.constants)
      if (constant.value == value) {
        double found = 0;
        engine::convert_elements(constant.storage.data(), spec.dtype, &found, DType::kFloat64, 1);
        return found == number;
      }
    return false;
  }

  Graph graph_;
  engine::GraphIndex index_;
  std::vector<bool> taken_;  ///< calls that have become part of another
};

}  // namespace

Graph fuse_batch_norm(Graph graph) { return Fuser(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
