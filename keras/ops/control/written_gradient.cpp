#include "keras/ops/control/written_gradient.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/ops/control/subgraph.h"
#include "keras/ops/op_list.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

const CustomGradientAttrs& attrs_of(const Tensor& call) {
  return call.node()->attrs.as<CustomGradientAttrs>();
}

bool is_closed(const Tensor& call) { return attrs_of(call).closed; }

/// What a gradient rule gives, as far as it gives anything, and on what it depends.
struct TracedRule {
  Closed closed;
  std::vector<bool> given;  ///< by argument
};

/// Nothing for a rule that fails, or that makes calls with a written gradient besides `known` ones.
std::optional<TracedRule> trace_rule(const Tensor& call, const Tensors& known) {
  const Tensor upstream = engine::make_placeholder(call.spec());
  Tensors gradients;
  try {
    gradients = (*attrs_of(call).gradient)(call.node()->inputs, upstream);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (gradients.size() + 1 != call.node()->inputs.size()) return std::nullopt;
  TracedRule rule;
  Tensors defined;
  for (const auto& gradient : gradients) {
    rule.given.push_back(gradient.defined());
    if (gradient.defined()) defined.push_back(gradient);
  }
  for (const auto& used : calls_of(defined, custom_gradient_op)) {
    const auto is_used = [&](const Tensor& one) { return one.is_same(used); };
    if (!is_closed(used) && std::none_of(known.begin(), known.end(), is_used)) return std::nullopt;
  }
  rule.closed = close_over({upstream}, defined);
  return rule;
}

/// The rule on the tensors of another call: the captures are its last inputs.
CustomGradientAttrs::Rule rule_on_inputs(TracedRule rule) {
  return [rule = std::move(rule)](const Tensors& inputs, const Tensor& upstream) {
    const Subgraph& graph = rule.closed.graph;
    const auto captures = static_cast<std::ptrdiff_t>(rule.closed.captures.size());
    Tensors arguments(inputs.end() - captures, inputs.end());
    arguments.push_back(upstream);
    Substitution body;
    body.replace(graph.parameters, arguments);
    const Tensors defined = body(graph.results);
    Tensors gradients(inputs.size() - 1);
    std::size_t next = 0;
    for (std::size_t i = 0; i < rule.given.size(); ++i)
      if (rule.given[i]) gradients[i] = defined[next++];
    return gradients;
  };
}

std::optional<Tensors> closed_results(const Tensors& results) {
  Substitution closed;
  const Tensors calls = calls_of(results, custom_gradient_op);
  for (const auto& call : calls) {
    if (is_closed(call)) continue;
    auto rule = trace_rule(call, calls);
    if (!rule) return std::nullopt;
    Tensors inputs = closed(call.node()->inputs);
    for (const auto& capture : closed(rule->closed.captures)) inputs.push_back(capture);
    auto shared =
        std::make_shared<const CustomGradientAttrs::Rule>(rule_on_inputs(std::move(*rule)));
    closed.replace(call, emit(custom_gradient_op, std::move(inputs),
                              CustomGradientAttrs{std::move(shared), true}));
  }
  return closed(results);
}

}  // namespace

bool close_written_gradients(const engine::Trace& scope, const std::vector<Tensors*>& results,
                             std::vector<engine::TracedVariable>& variables) {
  variables = scope.variables();
  const std::size_t touched = variables.size();
  Tensors all;
  for (const Tensors* part : results) all.insert(all.end(), part->begin(), part->end());
  for (const auto& variable : variables) all.push_back(variable.latest);
  const auto closed = closed_results(all);
  if (!closed) return false;
  auto next = closed->begin();
  for (Tensors* part : results)
    for (auto& x : *part) x = *next++;
  for (auto& variable : variables) variable.latest = *next++;
  const auto& now = scope.variables();
  variables.insert(variables.end(), now.begin() + static_cast<std::ptrdiff_t>(touched), now.end());
  return true;
}

}  // namespace keras::ops
