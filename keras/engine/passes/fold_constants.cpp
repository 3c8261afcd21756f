#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/graph/node.h"
#include "keras/engine/passes/engine_passes.h"

namespace keras::engine {
namespace {

/// A constant that is cheap to compute again is not worth more memory than this.
constexpr std::int64_t kLargestFoldedSize = 4096;

bool small(const Graph& graph, const GraphCall& call) {
  return std::all_of(call.outputs.begin(), call.outputs.end(), [&](ValueId output) {
    return graph.spec(output).shape.size() <= kLargestFoldedSize;
  });
}

}  // namespace

Graph fold_constants(Graph graph) {
  std::unordered_map<ValueId, Storage> constants;
  for (const auto& constant : graph.constants) constants.emplace(constant.value, constant.storage);
  const auto is_constant = [&](ValueId value) { return constants.contains(value); };
  std::vector<GraphCall> kept;
  for (auto& call : graph.calls) {
    const bool foldable = !call.op->traits.effect && small(graph, call) &&
                          std::all_of(call.inputs.begin(), call.inputs.end(), is_constant);
    if (!foldable) {
      kept.push_back(std::move(call));
      continue;
    }
    Tensors inputs;
    for (const ValueId input : call.inputs)
      inputs.push_back(make_constant(graph.spec(input), constants.at(input)));
    const Tensors outputs = make_call(*call.op, std::move(inputs), call.attrs);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Storage value = outputs[i].eval().storage();
      constants.emplace(call.outputs[i], value);
      graph.constants.push_back({call.outputs[i], value});
    }
  }
  graph.calls = std::move(kept);
  return graph;
}

}  // namespace keras::engine
