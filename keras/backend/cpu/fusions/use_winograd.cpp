#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/pool.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::all_of(values.begin(), values.end(), [&](auto value) { return value == wanted; });
}

/// Whole vectors of channels, and enough of them that the products outweigh the transforms.
bool takes_channels(std::int64_t channels) { return channels >= 32 && channels % 16 == 0; }

bool is_3x3(const ops::ConvAttrs& conv, const TensorSpec& kernel) {
  const Shape& shape = kernel.shape;
  return kernel.dtype == DType::kFloat32 && shape.rank() == 4 && shape[0] == 3 && shape[1] == 3 &&
         conv.groups == 1 && all_are(conv.strides, 1) && all_are(conv.dilation, 1) &&
         takes_channels(shape[2]) && takes_channels(shape[3]) &&
         std::all_of(conv.pad_low.begin(), conv.pad_low.end(), [](auto pad) { return pad <= 2; });
}

/// True where tiles of that output are so many that reading the larger kernel does not matter, and
/// hang over its ends so little that multiplications are saved.
bool pays(const Shape& output) {
  constexpr std::int64_t kFewestTiles = 32;
  const std::int64_t tiles = output[0] * ((output[1] + 1) / 2) * ((output[2] + 1) / 2);
  const std::int64_t pixels = output[0] * output[1] * output[2];
  return tiles >= kFewestTiles && 10 * 16 * tiles <= 7 * 9 * pixels;
}

class Rewriter {
 public:
  explicit Rewriter(Graph graph)
      : graph_(std::move(graph)), index_(graph_), dropped_(graph_.calls.size(), false) {}

  Graph run() {
    std::vector<GraphCall> old = std::move(graph_.calls);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (dropped_[i]) continue;
      if (old[i].op == &ops::conv_op) {
        rewrite_forward(old, i, {.product = old[i].attrs.as<ops::ConvAttrs>()});
      } else if (old[i].op == &fused_convolution_op) {
        rewrite_forward(old, i, old[i].attrs.as<FusedConvolutionAttrs>());
      } else if (old[i].op == &ops::conv_input_gradient_op) {
        rewrite_input_gradient(old[i]);
      } else if (old[i].op == &ops::conv_kernel_gradient_op) {
        rewrite_kernel_gradient(old[i]);
      }
      calls_.push_back(std::move(old[i]));
    }
    graph_.calls = std::move(calls_);
    return std::move(graph_);
  }

 private:
  const Shape& shape(ValueId value) const { return graph_.spec(value).shape; }

  /// The kernel's transform, made where it is needed first.
  ValueId transformed(ValueId kernel, bool backwards) {
    auto [found, is_new] = transformed_.try_emplace({kernel, backwards}, engine::kNoValue);
    if (is_new) {
      const WinogradKernelAttrs attrs{backwards};
      found->second =
          graph_.add_value(winograd_kernel_op.infer({graph_.spec(kernel)}, attrs).front());
      calls_.push_back({&winograd_kernel_op, attrs, {kernel}, {found->second}});
    }
    return found->second;
  }

  void rewrite_forward(std::vector<GraphCall>& old, std::size_t place,
                       const FusedConvolutionAttrs& fused) {
    GraphCall& call = old[place];
    const Shape& output = shape(call.outputs[0]);
    if (!is_3x3(fused.product, graph_.spec(call.inputs[1])) || !pays(output) ||
        fused.epilogue.size() >= kMostProductSteps || !all_float(call.inputs))
      return;
    WinogradAttrs attrs{.pad_low = fused.product.pad_low,
                        .size = {output[1], output[2]},
                        .bias = fused.bias,
                        .epilogue = fused.epilogue};
    call.inputs[1] = transformed(call.inputs[1], false);
    if (const int pool = pooling_behind(old, call.outputs[0]); pool >= 0) {
      attrs.pooled = true;
      call.outputs = old[static_cast<std::size_t>(pool)].outputs;
      dropped_[static_cast<std::size_t>(pool)] = true;
    }
    call.op = &winograd_op;
    call.attrs = attrs;
  }

  bool all_float(const std::vector<ValueId>& values) const {
    return std::all_of(values.begin(), values.end(),
                       [&](ValueId value) { return graph_.spec(value).dtype == DType::kFloat32; });
  }

  /// The call that takes the maximum of each tile, if nobody else needs what is pooled.
  int pooling_behind(const std::vector<GraphCall>& old, ValueId value) const {
    const int user = index_.only_user(value);
    if (user < 0) return -1;
    const GraphCall& call = old[static_cast<std::size_t>(user)];
    if (call.op != &ops::max_pool_op) return -1;
    const auto& pool = call.attrs.as<ops::PoolAttrs>();
    return all_are(pool.window, 2) && all_are(pool.strides, 2) && all_are(pool.pad_low, 0) &&
                   all_are(pool.pad_high, 0)
               ? user
               : -1;
  }

  /// The gradient of the inputs is a convolution of dy by the kernel turned round.
  void rewrite_input_gradient(GraphCall& call) {
    const auto& attrs = call.attrs.as<ops::ConvGradientAttrs>();
    if (!is_3x3(attrs.conv, graph_.spec(call.inputs[1])) || !pays(shape(call.outputs[0]))) return;
    WinogradAttrs gradient{.pad_low = attrs.conv.pad_low, .size = attrs.size};
    for (auto& pad : gradient.pad_low) pad = 2 - pad;
    call.inputs[1] = transformed(call.inputs[1], true);
    call.op = &winograd_op;
    call.attrs = gradient;
  }

  void rewrite_kernel_gradient(GraphCall& call) {
    const auto& attrs = call.attrs.as<ops::ConvGradientAttrs>();
    if (!is_3x3(attrs.conv, graph_.spec(call.outputs[0])) || !pays(shape(call.inputs[1]))) return;
    call.op = &winograd_gradient_op;
    call.attrs = WinogradGradientAttrs{attrs.conv.pad_low};
  }

  Graph graph_;
  engine::GraphIndex index_;
  std::vector<bool> dropped_;  ///< calls that have become part of another
  std::vector<GraphCall> calls_;
  std::map<std::pair<ValueId, bool>, ValueId> transformed_;
};

}  // namespace

Graph use_winograd(Graph graph) {
  if (!nn_functions().winograd.convolution) return graph;
  return Rewriter(std::move(graph)).run();
}

}  // namespace keras::backend::cpu
