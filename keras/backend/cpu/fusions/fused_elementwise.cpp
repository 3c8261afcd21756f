#include "keras/backend/cpu/fusions/fused_elementwise.h"

#include "keras/engine/text.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::backend::cpu {
namespace {

/// The specs of all instructions' results, worked out anew.
Specs infer_fused(const Specs& in, const FusedElementwiseAttrs& attrs) {
  Specs values = in;
  for (const auto& instruction : attrs.instructions) {
    Specs sources;
    for (const int source : instruction.sources)
      sources.push_back(values[static_cast<std::size_t>(source)]);
    values.push_back(instruction.op->infer(sources, instruction.attrs)[0]);
  }
  Specs out;
  for (const int output : attrs.outputs)
    out.push_back(values[in.size() + static_cast<std::size_t>(output)]);
  return out;
}

}  // namespace

std::string FusedElementwiseAttrs::instructions_text() const {
  std::vector<std::string> pieces;
  for (const auto& instruction : instructions) {
    std::vector<std::string> sources;
    for (const int source : instruction.sources) sources.push_back(std::to_string(source));
    const std::string attrs = instruction.attrs.to_string();
    pieces.push_back(str(instruction.op->name, "(", join(sources, " "), ")",
                         attrs.empty() ? "" : "{" + attrs + "}"));
  }
  return join(pieces, "; ");
}

std::vector<int> reduced_axes_of(const engine::Op* op, const engine::Attrs& attrs) {
  if (op == &ops::reduce_op) return attrs.as<ops::ReduceAttrs>().axes;
  return {};
}

const engine::Op fused_elementwise_op = engine::define_op<FusedElementwiseAttrs>({
    .name = "fused_elementwise",
    .infer = infer_fused,
});

}  // namespace keras::backend::cpu
