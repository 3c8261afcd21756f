#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/runtime/memory_plan.h"

namespace keras::engine {
namespace {

/// What is kept may take this many times the memory of what it is computed from: the float32 copy
/// of 16-bit weights does, a small variable broadcast to a batch must not.
constexpr std::size_t kLargestExpansion = 2;

std::size_t bytes(const Graph& graph, const std::vector<ValueId>& values) {
  std::size_t sum = 0;
  for (const ValueId value : values) sum += byte_size(graph.spec(value));
  return sum;
}

/// Sorts a graph's values into those that stay the same from run to run, and the others.
class FixedValues {
 public:
  explicit FixedValues(const Graph& graph) : graph_(graph), fixed_(graph.values.size(), false) {
    for (const auto& variable : graph.variables)
      if (variable.final == variable.initial) mark(variable.initial);
    for (const auto& constant : graph.constants) mark(constant.value);
    for (const auto& call : graph.calls)
      if (is_fixed(call))
        for (const ValueId output : call.outputs) mark(output);
  }

  bool is_fixed(const GraphCall& call) const {
    return !call.op->traits.effect && !call.inputs.empty() &&
           std::all_of(call.inputs.begin(), call.inputs.end(), [&](ValueId v) { return at(v); }) &&
           bytes(graph_, call.outputs) <= kLargestExpansion * bytes(graph_, call.inputs);
  }

 private:
  bool at(ValueId value) const { return fixed_[static_cast<std::size_t>(value)]; }
  void mark(ValueId value) { fixed_[static_cast<std::size_t>(value)] = true; }

  const Graph& graph_;
  std::vector<bool> fixed_;
};

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
    if (call.op->traits.view || !fixed.is_fixed(call)) return false;
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
