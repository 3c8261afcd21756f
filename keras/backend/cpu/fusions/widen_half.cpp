#include "keras/backend/cpu/fusions/widen_half.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/backend/cpu/onednn/brain_products.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/recurrence.h"
#include "keras/ops/nn/softmax.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// True of 16-bit numbers that the operation's fast kernels do not take.
bool is_too_narrow(DType dtype, const engine::Op* op) {
  static const engine::Op* const kFloat32Ops[] = {
      &ops::layer_norm_op,   &ops::layer_norm_gradient_op,
      &ops::softmax_op,      &ops::log_softmax_op,
      &ops::max_pool_op,     &ops::max_pool_gradient_op,
      &ops::average_pool_op, &ops::average_pool_gradient_op,
  };
  if (op == &ops::batch_norm_training_op || op == &ops::batch_norm_gradient_op)
    return dtype == DType::kFloat16;
  if (op == &ops::recurrence_op || op == &ops::recurrence_gradient_op)
    return dtype == DType::kFloat16 || (dtype == DType::kBfloat16 && !has_brain_products());
  return (dtype == DType::kBfloat16 || dtype == DType::kFloat16) &&
         std::find(std::begin(kFloat32Ops), std::end(kFloat32Ops), op) != std::end(kFloat32Ops);
}

class Widener {
 public:
  explicit Widener(Graph graph) : graph_(std::move(graph)) {}

  Graph run() {
    for (GraphCall& call : graph_.calls) {
      if (any_too_narrow(call)) {
        widen(std::move(call));
      } else {
        calls_.push_back(std::move(call));
      }
    }
    graph_.calls = std::move(calls_);
    return std::move(graph_);
  }

 private:
  bool is_too_narrow(ValueId value, const engine::Op* op) const {
    return cpu::is_too_narrow(graph_.spec(value).dtype, op);
  }
  bool any_too_narrow(const GraphCall& call) const {
    const auto narrow = [&](ValueId value) { return is_too_narrow(value, call.op); };
    return std::any_of(call.inputs.begin(), call.inputs.end(), narrow) ||
           std::any_of(call.outputs.begin(), call.outputs.end(), narrow);
  }

  ValueId wide_value(ValueId value) {
    return graph_.add_value({graph_.spec(value).shape, DType::kFloat32});
  }

  void cast(ValueId from, ValueId to) {
    calls_.push_back({&ops::cast_op, ops::CastAttrs{graph_.spec(to).dtype}, {from}, {to}});
  }

  void widen(GraphCall call) {
    for (ValueId& input : call.inputs) {
      if (!is_too_narrow(input, call.op)) continue;
      const auto [wide, is_new] = wide_.try_emplace(input, engine::kNoValue);
      if (is_new) {
        wide->second = wide_value(input);
        cast(input, wide->second);
      }
      input = wide->second;
    }
    std::vector<std::pair<ValueId, ValueId>> rounded;
    for (ValueId& output : call.outputs) {
      if (!is_too_narrow(output, call.op)) continue;
      const ValueId wide = wide_value(output);
      wide_[output] = wide;
      rounded.emplace_back(wide, output);
      output = wide;
    }
    calls_.push_back(std::move(call));
    for (const auto& [wide, output] : rounded) cast(wide, output);
  }

  Graph graph_;
  std::vector<GraphCall> calls_;
  /// What widened calls were given, and what they made, before it was rounded.
  std::unordered_map<ValueId, ValueId> wide_;
};

}  // namespace

Graph widen_half(Graph graph) { return Widener(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
