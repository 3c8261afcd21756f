#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/engine_passes.h"

namespace keras::engine {
namespace {

/// For calls whose outcome only becomes variables' next values, by place: the last call that reads
/// what one of these variables was.
std::unordered_map<int, int> last_readers(const Graph& graph) {
  const GraphIndex index(graph);
  const auto is_read = [&](ValueId value) { return !index.users(value).empty(); };
  std::unordered_map<int, int> last;
  for (const auto& variable : graph.variables) {
    const int update = index.maker(variable.final);
    const auto& readers = index.users(variable.initial);
    if (variable.final == variable.initial || update < 0 || readers.empty()) continue;
    const auto& outputs = graph.calls[static_cast<std::size_t>(update)].outputs;
    if (std::any_of(outputs.begin(), outputs.end(), is_read)) continue;
    int& place = last.try_emplace(update, update).first->second;
    place = std::max(place, *std::max_element(readers.begin(), readers.end()));
  }
  return last;
}

}  // namespace

Graph delay_updates(Graph graph) {
  std::vector<std::vector<std::size_t>> after(graph.calls.size());
  for (const auto& [update, place] : last_readers(graph))
    if (place > update)
      after[static_cast<std::size_t>(place)].push_back(static_cast<std::size_t>(update));
  std::vector<bool> waits(graph.calls.size(), false);
  for (auto& updates : after) {
    std::sort(updates.begin(), updates.end());
    for (const std::size_t update : updates) waits[update] = true;
  }
  std::vector<GraphCall> calls;
  // An update that others wait for reads a variable itself, and may wait in its turn.
  const auto add = [&](std::size_t i, const auto& self) -> void {
    calls.push_back(std::move(graph.calls[i]));
    for (const std::size_t update : after[i]) self(update, self);
  };
  for (std::size_t i = 0; i < graph.calls.size(); ++i)
    if (!waits[i]) add(i, add);
  graph.calls = std::move(calls);
  return graph;
}

}  // namespace keras::engine
