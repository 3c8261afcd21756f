#include "keras/engine/passes/fixed_values.h"

#include <algorithm>
#include <cstdint>

namespace keras::engine {
namespace {

/// What is kept may hold this many times the numbers that it is computed from: the transform of a
/// convolution's kernel of 3x3 holds up to 4.
constexpr std::int64_t kLargestExpansion = 4;

std::int64_t numbers(const Graph& graph, const std::vector<ValueId>& values) {
  std::int64_t sum = 0;
  for (const ValueId value : values) sum += graph.spec(value).shape.size();
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
         numbers(graph_, call.outputs) <= kLargestExpansion * numbers(graph_, call.inputs);
}

}  // namespace keras::engine
