#include "keras/engine/passes/fixed_values.h"

#include <algorithm>

#include "keras/engine/runtime/memory_plan.h"

namespace keras::engine {
namespace {

/// What is kept may take this many times the memory of what it is computed from: the float32 copy
/// of 16-bit weights does.
constexpr std::size_t kLargestExpansion = 2;

std::size_t bytes(const Graph& graph, const std::vector<ValueId>& values) {
  std::size_t sum = 0;
  for (const ValueId value : values) sum += byte_size(graph.spec(value));
  return sum;
}

}  // namespace

FixedValues::FixedValues(const Graph& graph) : graph_(graph), fixed_(graph.values.size(), false) {
  for (const auto& variable : graph.variables)
    if (variable.final == variable.initial) mark(variable.initial);
  for (const auto& constant : graph.constants) mark(constant.value);
  for (const auto& call : graph.calls)
    if (makes(call))
      for (const ValueId output : call.outputs) mark(output);
}

bool FixedValues::makes(const GraphCall& call) const {
  return !call.op->traits.effect && !call.inputs.empty() &&
         std::all_of(call.inputs.begin(), call.inputs.end(),
                     [&](ValueId value) { return contains(value); }) &&
         (call.op->traits.prepares ||
          bytes(graph_, call.outputs) <= kLargestExpansion * bytes(graph_, call.inputs));
}

}  // namespace keras::engine
