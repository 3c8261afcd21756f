#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/onednn/convolution.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/relu.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

using Kind = EpilogueStep::Kind;

std::optional<EpilogueStep> activation(const GraphCall& call) {
  if (call.op == &ops::relu_op) {
    const double most = call.attrs.as<ops::ReluAttrs>().max_value;
    return std::isfinite(most) ? EpilogueStep{Kind::kClip, most} : EpilogueStep{Kind::kRelu};
  }
  if (call.op == &ops::sigmoid_op) return EpilogueStep{Kind::kSigmoid};
  if (call.op == &ops::tanh_op) return EpilogueStep{Kind::kTanh};
  return {};
}

/// True for one value for each of the last axis's places.
bool is_bias(const TensorSpec& bias, const TensorSpec& product) {
  if (bias.dtype != product.dtype || bias.shape.rank() == 0 || product.shape.rank() == 0)
    return false;
  return bias.shape.size() == product.shape[-1] && bias.shape[-1] == product.shape[-1] &&
         bias.shape.rank() <= product.shape.rank();
}

/// A product that grows by the work after it.
struct Growth {
  bool bias = false;
  Epilogue epilogue = {};
  std::vector<ValueId> operands = {};  ///< after the product's own
  std::vector<std::size_t> covered;    ///< calls, the product's first
  ValueId value;                       ///< what comes out
};

class Fuser {
 public:
  explicit Fuser(Graph graph)
      : graph_(std::move(graph)), index_(graph_), dropped_(graph_.calls.size(), false) {}

  Graph run() {
    std::vector<GraphCall> calls;
    // The last products first: a sum of two goes to the later one, so that the other does not wait
    // for it, nor does its input.
    for (std::size_t i = graph_.calls.size(); i-- > 0;) {
      if (dropped_[i]) continue;
      GraphCall& call = graph_.calls[i];
      if (call.op == &ops::matmul_op) {
        fuse<ops::MatmulAttrs>(i, fused_matmul_op, onednn_fused_matmul);
      } else if (call.op == &ops::conv_op) {
        fuse<ops::ConvAttrs>(i, fused_convolution_op, onednn_fused_convolution);
      }
    }
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      if (!dropped_[i]) calls.push_back(std::move(graph_.calls[i]));
    graph_.calls = std::move(calls);
    return std::move(graph_);
  }

 private:
  /// How many operands an epilogue may have: a primitive's arguments are counted.
  static constexpr std::size_t kMostOperands = 3;

  const TensorSpec& spec(ValueId value) const { return graph_.spec(value); }

  /// Puts the fused call in the place of the last call that it covers: there all its inputs exist.
  template <typename ProductAttrs>
  void fuse(std::size_t product, const engine::Op& fused_op, const engine::Kernel& kernel) {
    GraphCall fused = graph_.calls[product];
    Growth growth{.covered = {product}, .value = fused.outputs[0]};
    Growth best = growth;
    // In between the numbers may have more digits than the product's.
    while (take_next(growth))
      if (spec(growth.value) == spec(fused.outputs[0])) best = growth;
    if (best.covered.size() == 1) return;
    fused.op = &fused_op;
    fused.attrs = FusedProductAttrs<ProductAttrs>{fused.attrs.template as<ProductAttrs>(),
                                                  best.bias, best.epilogue};
    fused.inputs.insert(fused.inputs.end(), best.operands.begin(), best.operands.end());
    fused.outputs = {best.value};
    const Specs inputs = graph_.specs(fused.inputs);
    const Specs outputs = graph_.specs(fused.outputs);
    if (!kernel.refusal({*fused.op, fused.attrs, inputs, outputs}).empty()) return;
    const std::size_t place = *std::max_element(best.covered.begin(), best.covered.end());
    for (const std::size_t i : best.covered) dropped_[i] = true;
    dropped_[place] = false;
    graph_.calls[place] = std::move(fused);
  }

  bool take_next(Growth& growth) const {
    const int only = index_.only_user(growth.value);
    if (only < 0) return false;
    const auto user = static_cast<std::size_t>(only);
    if (dropped_[user]) return false;  // another product has taken it
    const GraphCall& call = graph_.calls[user];
    if (const auto step = activation(call)) {
      growth.epilogue.push_back(*step);
    } else if (call.op == &ops::cast_op) {
      // Registers hold float32: a cast to it and back to the product's dtype is none.
      const DType product = spec(graph_.calls[growth.covered[0]].outputs[0]).dtype;
      const DType to = spec(call.outputs[0]).dtype;
      if (to != DType::kFloat32 && to != product) return false;
    } else if (call.op == &ops::multiply_op || call.op == &ops::add_op) {
      if (!take_operand(growth, call)) return false;
    } else {
      return false;
    }
    growth.covered.push_back(user);
    growth.value = call.outputs[0];
    return true;
  }

  bool take_operand(Growth& growth, const GraphCall& call) const {
    const ValueId other = call.inputs[call.inputs[0] == growth.value ? 1 : 0];
    const TensorSpec& now = spec(growth.value);
    if (other == growth.value || spec(call.outputs[0]) != now) return false;
    const bool by_column = is_bias(spec(other), now);
    if (!by_column && spec(other) != now) return false;
    if (call.op == &ops::add_op && by_column && growth.covered.size() == 1) {
      growth.bias = true;
    } else {
      const std::size_t before = growth.operands.size() - (growth.bias ? 1 : 0);
      if (before == kMostOperands) return false;
      growth.epilogue.push_back({call.op == &ops::add_op ? Kind::kAdd : Kind::kMultiply});
    }
    growth.operands.push_back(other);
    return true;
  }

  Graph graph_;
  engine::GraphIndex index_;
  std::vector<bool> dropped_;
};

}  // namespace

Graph fuse_epilogues(Graph graph) { return Fuser(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
