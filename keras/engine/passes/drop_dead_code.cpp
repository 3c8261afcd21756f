#include <algorithm>
#include <utility>
#include <vector>

#include "keras/engine/passes/engine_passes.h"

namespace keras::engine {

Graph drop_dead_code(Graph graph) {
  return drop_dead_code(std::move(graph), [](GraphCall&, const std::vector<bool>&) {});
}

Graph drop_dead_code(Graph graph,
                     const std::function<void(GraphCall&, const std::vector<bool>&)>& trim) {
  std::vector<bool> live(graph.values.size(), false);
  const auto mark = [&](ValueId value) { live[static_cast<std::size_t>(value)] = true; };
  const auto is_live = [&](ValueId value) { return live[static_cast<std::size_t>(value)]; };
  for (const ValueId result : graph.results) mark(result);
  for (const auto& variable : graph.variables)
    if (variable.final != variable.initial) mark(variable.final);
  std::vector<GraphCall> kept;
  for (auto call = graph.calls.rbegin(); call != graph.calls.rend(); ++call) {
    if (!call->op->traits.effect &&
        std::none_of(call->outputs.begin(), call->outputs.end(), is_live))
      continue;
    trim(*call, live);
    for (const ValueId input : call->inputs) mark(input);
    kept.push_back(std::move(*call));
  }
  std::reverse(kept.begin(), kept.end());
  graph.calls = std::move(kept);
  std::erase_if(graph.constants, [&](const auto& constant) { return !is_live(constant.value); });
  return graph;
}

}  // namespace keras::engine
