#include <cstring>
#include <functional>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/passes/engine_passes.h"

namespace keras::engine {
namespace {

/// Larger constants are weights or tables, which are hardly ever written twice.
constexpr std::size_t kLargestMergedConstant = 64;

std::string constant_key(const Graph& graph, const GraphConstant& constant) {
  std::string key = graph.spec(constant.value).to_string();
  key.append(reinterpret_cast<const char*>(constant.storage.data()), constant.storage.size());
  return key;
}

struct CallKey {
  const Op* op;
  const Attrs* attrs;
  std::vector<ValueId> inputs;

  bool operator==(const CallKey& other) const {
    return op == other.op && inputs == other.inputs && *attrs == *other.attrs;
  }
};
struct CallHash {
  std::size_t operator()(const CallKey& key) const {
    std::size_t hash = std::hash<const void*>{}(key.op) ^ key.attrs->hash();
    for (const ValueId input : key.inputs) hash = hash * 31 + static_cast<std::size_t>(input);
    return hash;
  }
};

}  // namespace

Graph merge_common_subexpressions(Graph graph) {
  std::vector<ValueId> replacement(graph.values.size());
  std::iota(replacement.begin(), replacement.end(), 0);
  const auto replaced = [&](ValueId value) { return replacement[static_cast<std::size_t>(value)]; };
  std::unordered_map<std::string, ValueId> constants;
  for (const auto& constant : graph.constants) {
    if (constant.storage.size() > kLargestMergedConstant) continue;
    const auto [entry, first] =
        constants.try_emplace(constant_key(graph, constant), constant.value);
    if (!first) replacement[static_cast<std::size_t>(constant.value)] = entry->second;
  }
  std::unordered_map<CallKey, const GraphCall*, CallHash> calls;
  for (auto& call : graph.calls) {
    for (auto& input : call.inputs) input = replaced(input);
    if (call.op->traits.effect) continue;
    const auto [entry, first] = calls.try_emplace({call.op, &call.attrs, call.inputs}, &call);
    if (first) continue;
    for (std::size_t i = 0; i < call.outputs.size(); ++i)
      replacement[static_cast<std::size_t>(call.outputs[i])] = entry->second->outputs[i];
  }
  graph.replace_uses(replacement);
  return graph;
}

}  // namespace keras::engine
