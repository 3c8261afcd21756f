#include "keras/backend/cpu/fusions/forget_states.h"

#include "keras/ops/nn/recurrence.h"

namespace keras::backend::cpu {

engine::Graph forget_states(engine::Graph graph) {
  const auto uses = graph.use_counts();
  const auto unused = [&](engine::ValueId value) {
    return uses[static_cast<std::size_t>(value)] == 0;
  };
  for (engine::GraphCall& call : graph.calls) {
    if (call.op != &ops::recurrence_op) continue;
    auto attrs = call.attrs.as<ops::RecurrenceAttrs>();
    if (!attrs.saves || !unused(call.outputs[2]) || !unused(call.outputs[3])) continue;
    attrs.saves = false;
    call.attrs = attrs;
    call.outputs.erase(call.outputs.begin() + 2, call.outputs.begin() + 4);
  }
  return graph;
}

}  // namespace keras::backend::cpu
