#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/onednn/convolution.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/relu.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

std::optional<Epilogue> epilogue_of(const engine::Op* op) {
  if (op == &ops::relu_op) return Epilogue::kRelu;
  if (op == &ops::sigmoid_op) return Epilogue::kSigmoid;
  if (op == &ops::tanh_op) return Epilogue::kTanh;
  return {};
}

/// True for one value for each of the last axis's places.
bool is_bias(const TensorSpec& bias, const TensorSpec& product) {
  if (bias.dtype != product.dtype || bias.shape.rank() == 0 || product.shape.rank() == 0)
    return false;
  return bias.shape.size() == product.shape[-1] && bias.shape[-1] == product.shape[-1] &&
         bias.shape.rank() <= product.shape.rank();
}

class Fuser {
 public:
  explicit Fuser(Graph graph) : graph_(std::move(graph)), uses_(graph_.use_counts()) {
    for (std::size_t i = 0; i < graph_.calls.size(); ++i)
      for (const ValueId input : graph_.calls[i].inputs) last_user_[input] = i;
    dropped_.resize(graph_.calls.size(), false);
  }

  Graph run() {
    std::vector<GraphCall> calls;
    for (std::size_t i = 0; i < graph_.calls.size(); ++i) {
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
  /// The call that alone uses a value, and no result or variable does.
  std::optional<std::size_t> only_user(ValueId value) const {
    if (uses_[static_cast<std::size_t>(value)] != 1) return {};
    const auto user = last_user_.find(value);
    if (user == last_user_.end()) return {};
    return user->second;
  }

  /// Puts the fused call in the place of the last call that it covers: there all its inputs exist.
  template <typename ProductAttrs>
  void fuse(std::size_t product, const engine::Op& fused_op, const engine::Kernel& kernel) {
    FusedProductAttrs<ProductAttrs> attrs{graph_.calls[product].attrs.template as<ProductAttrs>()};
    GraphCall fused = graph_.calls[product];
    std::vector<std::size_t> covered = {product};
    if (const auto user = only_user(fused.outputs[0])) take_bias(*user, attrs, fused, covered);
    if (const auto user = only_user(fused.outputs[0]))
      if (const auto epilogue = epilogue_of(graph_.calls[*user].op)) {
        attrs.epilogue = *epilogue;
        fused.outputs = graph_.calls[*user].outputs;
        covered.push_back(*user);
      }
    if (covered.size() == 1) return;
    fused.op = &fused_op;
    fused.attrs = attrs;
    const Specs inputs = graph_.specs(fused.inputs);
    const Specs outputs = graph_.specs(fused.outputs);
    if (!kernel.refusal({*fused.op, fused.attrs, inputs, outputs}).empty()) return;
    for (const std::size_t i : covered) dropped_[i] = true;
    dropped_[covered.back()] = false;
    graph_.calls[covered.back()] = std::move(fused);
  }

  template <typename ProductAttrs>
  void take_bias(std::size_t user, FusedProductAttrs<ProductAttrs>& attrs, GraphCall& fused,
                 std::vector<std::size_t>& covered) const {
    const GraphCall& add = graph_.calls[user];
    if (add.op != &ops::add_op) return;
    const ValueId other = add.inputs[0] == fused.outputs[0] ? add.inputs[1] : add.inputs[0];
    if (other == fused.outputs[0]) return;
    const TensorSpec& product = graph_.spec(fused.outputs[0]);
    if (!is_bias(graph_.spec(other), product) || graph_.spec(add.outputs[0]) != product) return;
    attrs.bias = true;
    fused.inputs.push_back(other);
    fused.outputs = add.outputs;
    covered.push_back(user);
  }

  Graph graph_;
  std::vector<int> uses_;
  std::unordered_map<ValueId, std::size_t> last_user_;
  std::vector<bool> dropped_;
};

}  // namespace

Graph fuse_epilogues(Graph graph) { return Fuser(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
