#include "keras/ops/control/sum_over_steps.h"

#include <algorithm>
#include <utility>

#include "keras/engine/graph/node.h"
#include "keras/ops/control/subgraph.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/numpy.h"
#include "keras/ops/op_list.h"
#include "keras/ops/operation.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::ops {
namespace {

const engine::Op* op_of(const Tensor& x) {
  const engine::Node& node = *x.node();
  return node.kind == engine::NodeKind::kOp && !node.has_values() ? node.op : nullptr;
}
const Tensor& input(const Tensor& x, std::size_t i) { return x.node()->inputs[i]; }

/// (steps, rows, n) → (steps · rows, n)
Tensor all_rows(const Tensor& stack) { return reshape(stack, {-1, stack.shape()[-1]}); }

}  // namespace

std::optional<SumsOverSteps::Sum> SumsOverSteps::plan(const Tensor& x) {
  const engine::Op* op = op_of(x);
  if (op == &matmul_op) return plan_product(x);
  if (op == &add_op) return plan_sum(x);
  if (op == &reduce_op) return plan_reduction(x);
  if (op == &reshape_op || op == &transpose_op || op == &slice_op) return plan_structure(x);
  return std::nullopt;
}

/// Σ aᵀ·b, with all rows of all steps below each other.
std::optional<SumsOverSteps::Sum> SumsOverSteps::plan_product(const Tensor& x) {
  const Tensor a = input(x, 0), b = input(x, 1);
  const auto& attrs = x.node()->attrs.as<MatmulAttrs>();
  if (!attrs.transpose_a || attrs.transpose_b || a.rank() != 2 || b.rank() != 2 || !changes(a) ||
      !changes(b))
    return std::nullopt;
  return [i = stack(a), k = stack(b)](const Tensors& stacks) {
    return emit(matmul_op, {all_rows(stacks[i]), all_rows(stacks[k])}, MatmulAttrs{true, false});
  };
}

std::optional<SumsOverSteps::Sum> SumsOverSteps::plan_sum(const Tensor& x) {
  if (input(x, 0).spec() != x.spec() || input(x, 1).spec() != x.spec()) return std::nullopt;
  auto a = plan(input(x, 0));
  auto b = a ? plan(input(x, 1)) : std::nullopt;
  if (!b) return std::nullopt;
  return [a = std::move(*a), b = std::move(*b)](const Tensors& stacks) {
    return add(a(stacks), b(stacks));
  };
}

std::optional<SumsOverSteps::Sum> SumsOverSteps::plan_structure(const Tensor& x) {
  auto inner = plan(input(x, 0));
  if (!inner) return std::nullopt;
  return [inner = std::move(*inner), op = op_of(x), attrs = x.node()->attrs](
             const Tensors& stacks) { return emit(*op, {inner(stacks)}, attrs); };
}

/// The gradient of a bias, when a product needs what it is the sum of.
std::optional<SumsOverSteps::Sum> SumsOverSteps::plan_reduction(const Tensor& x) const {
  const auto& attrs = x.node()->attrs.as<ReduceAttrs>();
  const auto place = std::find_if(stacked_.begin(), stacked_.end(),
                                  [&](const Tensor& known) { return known.is_same(input(x, 0)); });
  if (attrs.kind != ReduceKind::kSum || attrs.keepdims || place == stacked_.end())
    return std::nullopt;
  return [i = static_cast<std::size_t>(place - stacked_.begin()), attrs](const Tensors& stacks) {
    ReduceAttrs all = attrs;
    all.axes = {0};
    for (const int axis : attrs.axes) all.axes.push_back(axis + 1);
    return emit(reduce_op, {stacks[i]}, all);
  };
}

std::size_t SumsOverSteps::stack(const Tensor& x) {
  for (std::size_t i = 0; i < stacked_.size(); ++i)
    if (stacked_[i].is_same(x)) return i;
  stacked_.push_back(x);
  return stacked_.size() - 1;
}

bool SumsOverSteps::changes(const Tensor& x) const {
  const std::vector<bool> read = dependence({x}, parameters_);
  return std::find(read.begin(), read.end(), true) != read.end();
}

}  // namespace keras::ops
