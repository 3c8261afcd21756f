#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/passes/fixed_values.h"

namespace keras::engine {
namespace {

/// The values that a graph uses but no longer makes, in the order of their use.
std::vector<ValueId> missing_values(const Graph& graph, const std::vector<ValueId>& removed) {
  std::vector<bool> missing(graph.values.size(), false);
  for (const ValueId value : removed) missing[static_cast<std::size_t>(value)] = true;
  std::vector<ValueId> found;
  const auto use = [&](ValueId value) {
    if (!missing[static_cast<std::size_t>(value)]) return;
    missing[static_cast<std::size_t>(value)] = false;
    found.push_back(value);
  };
  for (const auto& call : graph.calls) std::for_each(call.inputs.begin(), call.inputs.end(), use);
  std::for_each(graph.results.begin(), graph.results.end(), use);
  for (const auto& variable : graph.variables) use(variable.final);
  return found;
}

void drop_unused_variables(Graph& graph) {
  const auto uses = graph.use_counts();
  std::erase_if(graph.variables, [&](const GraphVariable& variable) {
    return variable.final == variable.initial &&
           uses[static_cast<std::size_t>(variable.initial)] == 0;
  });
}

Graph prologue_of(Graph whole, std::vector<ValueId> results) {
  whole.arguments.clear();
  whole.results = std::move(results);
  for (auto& variable : whole.variables) variable.final = variable.initial;
  Graph prologue = drop_dead_code(std::move(whole));
  drop_unused_variables(prologue);
  return prologue;
}

}  // namespace

Graph hoist_variable_work(Graph graph) {
  const FixedValues fixed(graph);
  Graph rest = graph;
  std::vector<ValueId> removed;
  std::erase_if(rest.calls, [&](const GraphCall& call) {
    // A view costs nothing where it is.
    if (call.op->traits.view || !fixed.makes(call)) return false;
    removed.insert(removed.end(), call.outputs.begin(), call.outputs.end());
    return true;
  });
  if (removed.empty()) return graph;
  rest = drop_dead_code(std::move(rest));
  std::vector<ValueId> kept = missing_values(rest, removed);
  if (kept.empty()) return rest;
  drop_unused_variables(rest);
  rest.arguments.insert(rest.arguments.end(), kept.begin(), kept.end());
  rest.prologue = std::make_shared<const Graph>(prologue_of(std::move(graph), std::move(kept)));
  return rest;
}

}  // namespace keras::engine
