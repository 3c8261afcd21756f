#include "keras/backend/cpu/fusions/widen_half.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

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

bool has_only_float32_kernels(const engine::Op* op) {
  static const engine::Op* const kOps[] = {
      &ops::recurrence_op,
      &ops::recurrence_gradient_op,
      &ops::batch_norm_training_op,
      &ops::batch_norm_gradient_op,
      &ops::layer_norm_op,
      &ops::layer_norm_gradient_op,
      &ops::softmax_op,
      &ops::log_softmax_op,
      &ops::max_pool_op,
      &ops::max_pool_gradient_op,
      &ops::average_pool_op,
      &ops::average_pool_gradient_op,
  };
  return std::find(std::begin(kOps), std::end(kOps), op) != std::end(kOps);
}

bool is_half(DType dtype) { return dtype == DType::kBfloat16 || dtype == DType::kFloat16; }

class Widener {
 public:
  explicit Widener(Graph graph) : graph_(std::move(graph)) {}

  Graph run() {
    for (GraphCall& call : graph_.calls) {
      if (has_only_float32_kernels(call.op) && any_half(call)) {
        widen(std::move(call));
      } else {
        calls_.push_back(std::move(call));
      }
    }
    graph_.calls = std::move(calls_);
    return std::move(graph_);
  }

 private:
  bool any_half(const GraphCall& call) const {
    const auto half = [this](ValueId value) { return is_half(graph_.spec(value).dtype); };
    return std::any_of(call.inputs.begin(), call.inputs.end(), half) ||
           std::any_of(call.outputs.begin(), call.outputs.end(), half);
  }

  ValueId wide_value(ValueId value) {
    return graph_.add_value({graph_.spec(value).shape, DType::kFloat32});
  }

  void cast(ValueId from, ValueId to) {
    calls_.push_back({&ops::cast_op, ops::CastAttrs{graph_.spec(to).dtype}, {from}, {to}});
  }

  void widen(GraphCall call) {
    for (ValueId& input : call.inputs) {
      if (!is_half(graph_.spec(input).dtype)) continue;
      const auto known = wide_.find(input);
      const ValueId wide = known != wide_.end() ? known->second : wide_value(input);
      if (known == wide_.end()) cast(input, wide);
      input = wide;
    }
    std::vector<std::pair<ValueId, ValueId>> rounded;
    for (ValueId& output : call.outputs) {
      if (!is_half(graph_.spec(output).dtype)) continue;
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
  /// What widened calls made, before it was rounded.
  std::unordered_map<ValueId, ValueId> wide_;
};

}  // namespace

Graph widen_half(Graph graph) { return Widener(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
