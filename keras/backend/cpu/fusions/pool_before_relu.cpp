#include "keras/backend/cpu/fusions/pool_before_relu.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/relu.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// The calls of `select(relu(x) > 0, max_pool_gradient(relu(x), dy), 0)` and `max_pool(relu(x))`.
struct Match {
  int relu, pool, gradient, positive, select;
};

class Rewriter {
 public:
  explicit Rewriter(Graph graph)
      : graph_(std::move(graph)), uses_(graph_.use_counts()), users_(graph_.values.size()) {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      for (const ValueId input : graph_.calls[i].inputs)
        users_[static_cast<std::size_t>(input)].push_back(static_cast<int>(i));
  }

  Graph run() {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (graph_.calls[i].op == &ops::relu_op && graph_.calls[i].attrs == ops::ReluAttrs{})
        if (const auto match = match_at(static_cast<int>(i))) rewrite(*match);
    sum_before_spreading();
    return std::move(graph_);
  }

 private:
  GraphCall& call(int i) { return graph_.calls[static_cast<std::size_t>(i)]; }
  ValueId output(int i) { return call(i).outputs[0]; }
  const std::vector<int>& users(ValueId value) const {
    return users_[static_cast<std::size_t>(value)];
  }
  /// The only call that uses a value, which nothing else does.
  std::optional<int> only_user(ValueId value, const engine::Op& op) {
    if (uses_[static_cast<std::size_t>(value)] != 1 || users(value).size() != 1) return {};
    const int user = users(value)[0];
    if (call(user).op != &op) return {};
    return user;
  }
  bool is_zero(ValueId value) const {
    return std::any_of(graph_.constants.begin(), graph_.constants.end(), [&](const auto& constant) {
      return constant.value == value && graph_.spec(value).shape.size() == 1 &&
             graph_.spec(value).dtype == DType::kFloat32 &&
             *reinterpret_cast<const float*>(constant.storage.data()) == 0.0f;
    });
  }

  std::optional<Match> match_at(int relu) {
    const ValueId rectified = output(relu);
    if (uses_[static_cast<std::size_t>(rectified)] != 3 || users(rectified).size() != 3) return {};
    Match match{relu, -1, -1, -1, -1};
    for (const int user : users(rectified)) {
      const GraphCall& work = call(user);
      if (work.inputs[0] != rectified) return {};
      if (work.op == &ops::max_pool_op) match.pool = user;
      if (work.op == &ops::max_pool_gradient_op) match.gradient = user;
      if (work.op == &ops::greater_op && is_zero(work.inputs[1])) match.positive = user;
    }
    if (match.pool < 0 || match.gradient < 0 || match.positive < 0 ||
        !(call(match.pool).attrs == call(match.gradient).attrs))
      return {};
    const auto select = only_user(output(match.gradient), ops::select_op);
    if (!select || only_user(output(match.positive), ops::select_op) != select) return {};
    match.select = *select;
    const auto& inputs = call(match.select).inputs;
    if (inputs[0] != output(match.positive) || inputs[1] != output(match.gradient) ||
        !is_zero(inputs[2]))
      return {};
    return match;
  }

  void rewrite(const Match& match) {
    const ValueId x = call(match.relu).inputs[0];
    const ValueId pooled = output(match.pool);
    const ValueId dy = call(match.gradient).inputs[1];
    const ValueId zero = call(match.select).inputs[2];
    const TensorSpec mask{graph_.spec(pooled).shape, DType::kBool};
    const ValueId maximum = graph_.add_value(graph_.spec(pooled));
    const ValueId positive = graph_.add_value(mask);
    const ValueId kept = graph_.add_value(graph_.spec(dy));
    const engine::Attrs pool = call(match.pool).attrs;
    const ValueId dx = output(match.select);
    call(match.relu) = {&ops::max_pool_op, pool, {x}, {maximum}};
    call(match.pool) = {&ops::relu_op, ops::ReluAttrs{}, {maximum}, {pooled}};
    call(match.positive) = {&ops::greater_op, engine::NoAttrs{}, {pooled, zero}, {positive}};
    call(match.gradient) = {&ops::select_op, engine::NoAttrs{}, {positive, dy, zero}, {kept}};
    call(match.select) = {&ops::max_pool_gradient_op, pool, {x, kept}, {dx}};
  }

  /// Sums over images and places of what a pooling spread are sums of what it was given.
  void sum_before_spreading() {
    std::vector<int> maker(graph_.values.size(), -1);
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      for (const ValueId made : graph_.calls[i].outputs)
        maker[static_cast<std::size_t>(made)] = static_cast<int>(i);
    for (auto& reduction : graph_.calls) {
      if (reduction.op != &ops::reduce_op) continue;
      const int source = maker[static_cast<std::size_t>(reduction.inputs[0])];
      if (source < 0 || call(source).op != &ops::max_pool_gradient_op) continue;
      const auto& attrs = reduction.attrs.as<ops::ReduceAttrs>();
      const int rank = graph_.spec(reduction.inputs[0]).shape.rank();
      const bool keeps_channels =
          static_cast<int>(attrs.axes.size()) == rank - 1 &&
          std::find(attrs.axes.begin(), attrs.axes.end(), rank - 1) == attrs.axes.end();
      if (attrs.kind == ops::ReduceKind::kSum && keeps_channels)
        reduction.inputs[0] = call(source).inputs[1];
    }
  }

  Graph graph_;
  std::vector<int> uses_;
  std::vector<std::vector<int>> users_;
};

/// The calls again, each after what it needs.
std::vector<GraphCall> in_order(const Graph& graph) {
  std::vector<int> maker(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.calls.size(); ++i)
    for (const ValueId made : graph.calls[i].outputs)
      maker[static_cast<std::size_t>(made)] = static_cast<int>(i);
  std::vector<GraphCall> ordered;
  std::vector<bool> placed(graph.calls.size(), false);
  const std::function<void(int)> place = [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (placed[at]) return;
    placed[at] = true;
    for (const ValueId input : graph.calls[at].inputs)
      if (maker[static_cast<std::size_t>(input)] >= 0)
        place(maker[static_cast<std::size_t>(input)]);
    ordered.push_back(graph.calls[at]);
  };
  for (std::size_t i = 0; i < graph.calls.size(); ++i) place(static_cast<int>(i));
  return ordered;
}

}  // namespace

Graph pool_before_relu(Graph graph) {
  graph = Rewriter(std::move(graph)).run();
  graph.calls = in_order(graph);
  return graph;
}

}  // namespace keras::backend::cpu
