#include <cstring>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <vector>

#include "keras/engine/passes/engine_passes.h"
#include "keras/engine/tensor/convert.h"

namespace keras::engine {
namespace {

/// The value that all elements of a constant share; large ones are not searched.
std::optional<double> uniform_value(const TensorSpec& spec, const Storage& storage) {
  constexpr std::int64_t kLargestSearched = 1024;
  const std::int64_t size = spec.shape.size();
  if (size == 0 || size > kLargestSearched) return {};
  std::vector<double> values(static_cast<std::size_t>(size));
  convert_elements(storage.data(), spec.dtype, values.data(), DType::kFloat64, values.size());
  for (const double value : values)
    if (value != values[0]) return {};
  return values[0];
}

}  // namespace

Graph simplify(Graph graph) {
  std::unordered_map<ValueId, std::optional<double>> uniform;
  for (const auto& constant : graph.constants)
    uniform[constant.value] = uniform_value(graph.spec(constant.value), constant.storage);
  std::vector<ValueId> replacement(graph.values.size());
  std::iota(replacement.begin(), replacement.end(), 0);
  for (auto& call : graph.calls) {
    for (auto& input : call.inputs) input = replacement[static_cast<std::size_t>(input)];
    if (!call.op->simplify) continue;
    const Specs inputs = graph.specs(call.inputs);
    SimplifyView view{inputs, graph.spec(call.outputs[0]), {}};
    for (const ValueId input : call.inputs) {
      const auto found = uniform.find(input);
      view.constants.push_back(found == uniform.end() ? std::nullopt : found->second);
    }
    const int equal_input = call.op->simplify(view, call.attrs);
    if (equal_input < 0) continue;
    const ValueId input = call.inputs[static_cast<std::size_t>(equal_input)];
    if (graph.spec(input) == graph.spec(call.outputs[0]))
      replacement[static_cast<std::size_t>(call.outputs[0])] = input;
  }
  graph.replace_uses(replacement);
  return graph;
}

}  // namespace keras::engine
