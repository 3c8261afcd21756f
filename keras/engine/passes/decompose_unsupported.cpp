#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/node.h"
#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/runtime/backend.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::engine {
namespace {

bool supported(const Graph& graph, const GraphCall& call, std::string* refusals) {
  if (call.op->traits.view) return true;
  const Specs inputs = graph.specs(call.inputs);
  const Specs outputs = graph.specs(call.outputs);
  return find_kernel({*call.op, call.attrs, inputs, outputs, num_threads()}, refusals) != nullptr;
}

/// The call in simpler operations, as a graph of its own.
Graph decomposition(const Graph& graph, const GraphCall& call) {
  Trace scope(Trace::Mode::kCompile);
  Tensors inputs;
  for (const ValueId input : call.inputs) inputs.push_back(make_placeholder(graph.spec(input)));
  return build_graph(inputs, call.op->decompose(inputs, call.attrs), scope);
}

/// Copies the calls of `part` into `graph`, which knows part's arguments as `arguments`; gives the
/// values that part's results have become.
std::vector<ValueId> splice(Graph& graph, const Graph& part, const std::vector<ValueId>& arguments,
                            std::vector<GraphCall>& calls) {
  std::vector<ValueId> renamed(part.values.size(), kNoValue);
  const auto name = [&](ValueId value) -> ValueId& {
    return renamed[static_cast<std::size_t>(value)];
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) name(part.arguments[i]) = arguments[i];
  for (const auto& constant : part.constants) {
    name(constant.value) = graph.add_value(part.spec(constant.value));
    graph.constants.push_back({name(constant.value), constant.storage});
  }
  for (GraphCall call : part.calls) {
    for (auto& input : call.inputs) input = name(input);
    for (auto& output : call.outputs) output = name(output) = graph.add_value(part.spec(output));
    calls.push_back(std::move(call));
  }
  std::vector<ValueId> results;
  for (const ValueId result : part.results) results.push_back(name(result));
  return results;
}

/// One round; false when there was nothing to do.
bool decompose_once(Graph& graph) {
  std::vector<GraphCall> calls;
  std::unordered_map<ValueId, ValueId> replaced;
  for (auto& call : graph.calls) {
    std::string refusals;
    if (supported(graph, call, &refusals)) {
      calls.push_back(call);
      continue;
    }
    if (!call.op->decompose)
      throw BackendError(str("No kernel of the backend ", active_backend().name, " takes ",
                             call.op->name, "(", call.attrs.to_string(), ").", refusals));
    const Graph part = decomposition(graph, call);
    const auto results = splice(graph, part, call.inputs, calls);
    for (std::size_t i = 0; i < results.size(); ++i) replaced[call.outputs[i]] = results[i];
  }
  if (replaced.empty()) return false;
  graph.calls = std::move(calls);
  std::vector<ValueId> replacement(graph.values.size());
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const auto found = replaced.find(static_cast<ValueId>(i));
    replacement[i] = found == replaced.end() ? static_cast<ValueId>(i) : found->second;
  }
  graph.replace_uses(replacement);
  return true;
}

}  // namespace

Graph decompose_unsupported(Graph graph) {
  bool is_new = false;
  while (decompose_once(graph)) is_new = true;
  if (!is_new) return graph;
  // A gradient's decomposition may hold what the operation's own does, too.
  return drop_dead_code(merge_common_subexpressions(simplify(fold_constants(std::move(graph)))));
}

}  // namespace keras::engine
