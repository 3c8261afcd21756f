#include <algorithm>
#include <initializer_list>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "keras/backend/cpu/convolution_problem.h"
#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/backend/cpu/onednn/brain_products.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/winograd.h"
#include "keras/engine/graph/graph_index.h"
#include "keras/engine/passes/fixed_values.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/pool.h"

namespace keras::backend::cpu {
namespace {

using engine::Graph;
using engine::GraphCall;
using engine::ValueId;

/// Whole vectors of channels, and enough of them that the products outweigh the transforms.
bool takes_channels(std::int64_t channels) { return channels >= 32 && channels % 16 == 0; }

/// In float32 the algorithm beats direct convolutions of bfloat16 by vectors, not those by tiles.
bool takes_dtype(DType dtype) {
  return dtype == DType::kFloat32 || (dtype == DType::kBfloat16 && !has_brain_tiles());
}

std::int64_t tile_count(const Shape& output, std::int64_t tile) {
  return output[0] * ((output[1] + tile - 1) / tile) * ((output[2] + tile - 1) / tile);
}

/// Which of these tiles, from the smallest on, to cut an output into: a larger one loses digits, so
/// that it must save a fifth of the multiplications. 0 where none saves enough of them, since they
/// hang over its ends, or are few. Direct convolutions of bfloat16 multiply twice as fast.
std::int64_t best_tile(const TensorSpec& spec,
                       std::initializer_list<std::int64_t> sizes = {2, 3, 4}) {
  const Shape& output = spec.shape;
  // Reading a weight from memory takes as long as multiplying by it so many times.
  constexpr std::int64_t kTilesToRead = 12;
  const std::int64_t direct = 9 * output[0] * output[1] * output[2];
  std::int64_t most = 7 * direct / (spec.dtype == DType::kBfloat16 ? 20 : 10), best = 0;
  for (const std::int64_t tile : sizes) {
    const std::int64_t multiplications =
        winograd_elements(tile) * std::max(tile_count(output, tile), kTilesToRead);
    if (multiplications > most) continue;
    most = 4 * multiplications / 5;
    best = tile;
  }
  return best;
}

class Rewriter {
 public:
  explicit Rewriter(Graph graph)
      : graph_(std::move(graph)),
        index_(graph_),
        fixed_(graph_),
        dropped_(graph_.calls.size(), false) {}

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
  ValueId transformed(ValueId kernel, const WinogradKernelAttrs& attrs) {
    auto [found, is_new] =
        transformed_.try_emplace({kernel, attrs.tile, attrs.backwards}, engine::kNoValue);
    if (is_new) {
      found->second =
          graph_.add_value(winograd_kernel_op.infer({graph_.spec(kernel)}, attrs).front());
      calls_.push_back({&winograd_kernel_op, attrs, {kernel}, {found->second}});
    }
    return found->second;
  }

  /// The call with its kernel transformed: once for all runs, or once each, or, if what it is
  /// multiplied by is all at work at a time, on the way, where it need not go through the memory.
  void make_winograd(GraphCall& call, WinogradAttrs attrs, const Shape& output) {
    ValueId& kernel = call.inputs[1];
    const bool on_the_way =
        !fixed_.contains(kernel) &&
        is_winograd_block(tile_count(output, attrs.tile), attrs.tile, shape(call.inputs[0])[3]);
    if (!on_the_way) {
      kernel = transformed(kernel, {attrs.tile, attrs.backwards});
      attrs.backwards = false;
    }
    call.op = &winograd_op;
    call.attrs = attrs;
  }

  void rewrite_forward(std::vector<GraphCall>& old, std::size_t place,
                       const FusedConvolutionAttrs& fused) {
    GraphCall& call = old[place];
    if (!fits_winograd(fused.product, graph_.spec(call.inputs[1])) ||
        fused.epilogue.size() >= kMostProductSteps || !may_finish(call))
      return;
    const TensorSpec output = graph_.spec(call.outputs[0]);
    const int pool = pooling_behind(old, call.outputs[0]);
    WinogradAttrs attrs{.tile = pool >= 0 ? best_tile(output, {2, 4}) : best_tile(output),
                        .pad_low = fused.product.pad_low,
                        .size = {output.shape[1], output.shape[2]},
                        .bias = fused.bias,
                        .epilogue = fused.epilogue,
                        .pooled = pool >= 0};
    if (attrs.tile == 0) return;
    make_winograd(call, attrs, output.shape);
    for (std::size_t i = 2; i < call.inputs.size(); ++i) widen(call.inputs[i]);
    if (attrs.pooled) {
      call.outputs = old[static_cast<std::size_t>(pool)].outputs;
      dropped_[static_cast<std::size_t>(pool)] = true;
    }
  }

  /// Whether what is done to the results takes float32, or numbers by channel that become such.
  bool may_finish(const GraphCall& call) const {
    const std::int64_t channels = shape(call.outputs[0])[-1];
    return std::all_of(call.inputs.begin() + 2, call.inputs.end(), [&](ValueId value) {
      const TensorSpec& spec = graph_.spec(value);
      return spec.dtype == DType::kFloat32 ||
             (spec.dtype == DType::kBfloat16 && spec.shape.size() == channels);
    });
  }

  void widen(ValueId& value) {
    if (graph_.spec(value).dtype == DType::kFloat32) return;
    const ops::CastAttrs attrs{DType::kFloat32};
    const ValueId wide = graph_.add_value({shape(value), DType::kFloat32});
    calls_.push_back({&ops::cast_op, attrs, {value}, {wide}});
    value = wide;
  }

  /// The call that takes the maximum of each 2x2 pixels, if nobody else needs what is pooled.
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
    if (!fits_winograd(attrs.conv, graph_.spec(call.inputs[1]))) return;
    WinogradAttrs gradient{.tile = best_tile(graph_.spec(call.outputs[0])),
                           .backwards = true,
                           .pad_low = attrs.conv.pad_low,
                           .size = attrs.size};
    if (gradient.tile == 0) return;
    for (auto& pad : gradient.pad_low) pad = 2 - pad;
    make_winograd(call, gradient, shape(call.outputs[0]));
  }

  void rewrite_kernel_gradient(GraphCall& call) {
    const auto& attrs = call.attrs.as<ops::ConvGradientAttrs>();
    if (!fits_winograd(attrs.conv, graph_.spec(call.outputs[0]))) return;
    const std::int64_t tile = best_tile(graph_.spec(call.inputs[1]));
    if (tile == 0) return;
    call.op = &winograd_gradient_op;
    call.attrs = WinogradGradientAttrs{tile, attrs.conv.pad_low};
  }

  Graph graph_;
  engine::GraphIndex index_;
  engine::FixedValues fixed_;
  std::vector<bool> dropped_;  ///< calls that have become part of another
  std::vector<GraphCall> calls_;
  std::map<std::tuple<ValueId, std::int64_t, bool>, ValueId> transformed_;
};

}  // namespace

bool fits_winograd(const ops::ConvAttrs& conv, const TensorSpec& kernel) {
  const Shape& shape = kernel.shape;
  return nn_functions().winograd[0][0].convolution && takes_dtype(kernel.dtype) &&
         shape.rank() == 4 && shape[0] == 3 && shape[1] == 3 && conv.groups == 1 &&
         all_are(conv.strides, 1) && all_are(conv.dilation, 1) && takes_channels(shape[2]) &&
         takes_channels(shape[3]) &&
         std::all_of(conv.pad_low.begin(), conv.pad_low.end(), [](auto pad) { return pad <= 2; });
}

Graph use_winograd(Graph graph) { return Rewriter(std::move(graph)).run(); }

}  // namespace keras::backend::cpu
