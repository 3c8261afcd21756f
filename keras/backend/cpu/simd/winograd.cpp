#include "keras/backend/cpu/simd/winograd.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "keras/backend/cpu/fusions/winograd.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"

namespace keras::backend::cpu {
namespace {

/// Of larger transformed kernels threads share the columns, not the tiles.
constexpr std::int64_t kNumbersInCache = 1 << 19;
/// So many transformed numbers, of inputs and of outputs, are at work at a time; more where the
/// kernel, or its gradient, is larger: it is gone through once for each block.
constexpr std::int64_t kFewestBlockNumbers = 1 << 17;
constexpr std::int64_t kFewestBlockTiles = 12;

/// Of so many tiles, of whose elements each has so many channels, those of the inputs and of the
/// outputs; `worth` numbers are at work at a time.
std::int64_t block_tiles(std::int64_t tiles, std::int64_t elements, std::int64_t channels,
                         std::int64_t worth) {
  const std::int64_t numbers = std::clamp(worth, kFewestBlockNumbers, kMostWinogradNumbers);
  const std::int64_t most = std::max(numbers / (elements * channels), kFewestBlockTiles);
  const std::int64_t blocks = std::max<std::int64_t>((tiles + most - 1) / most, 1);
  return (tiles + blocks - 1) / blocks;
}

const WinogradFunctions& functions_for(const TensorSpec& spec, std::int64_t tile) {
  return nn_functions().winograd[spec.dtype == DType::kBfloat16 ? 1 : 0][tile - 2];
}

/// Part `part` of `parts` of channels, in whole grains.
std::pair<std::int64_t, std::int64_t> channels_of(std::int64_t channels, std::int64_t grain,
                                                  int parts, int part) {
  const auto [first, last] = share_of((channels + grain - 1) / grain, parts, part);
  return {first * grain, std::min(last * grain, channels)};
}

WinogradGeometry geometry_of(const Shape& input, const Shape& output,
                             const std::vector<std::int64_t>& pad_low, std::int64_t tile) {
  return {.input_height = input[1],
          .input_width = input[2],
          .input_channels = input[3],
          .output_height = output[1],
          .output_width = output[2],
          .output_channels = output[3],
          .pad_top = pad_low[0],
          .pad_left = pad_low[1],
          .tile = tile,
          .tile_rows = (output[1] + tile - 1) / tile,
          .tile_columns = (output[2] + tile - 1) / tile};
}

template <typename Attrs>
WinogradTaps taps_of(const Shape& kernel, const Attrs& attrs) {
  return {.inputs = kernel[2], .outputs = kernel[3], .backwards = attrs.backwards};
}

class KernelTransform final : public engine::PreparedKernel {
 public:
  explicit KernelTransform(const engine::KernelCall& call) {
    const auto& attrs = call.attrs.as<WinogradKernelAttrs>();
    functions_ = &functions_for(call.inputs[0], attrs.tile);
    share_.taps = taps_of(call.inputs[0].shape, attrs);
    scratch_ = winograd_kernel_scratch(attrs.tile);
    parts_ = parts_for(call.outputs[0].shape.size(),
                       std::min<std::int64_t>(call.threads, share_.taps.depth() / kWinogradGrain));
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(parts_ * scratch_) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    engine::parallel_for(parts_, [&](int part) {
      WinogradKernel own = share_;
      std::tie(own.first_depth, own.last_depth) =
          channels_of(own.taps.depth(), kWinogradGrain, parts_, part);
      own.taps.kernel = buffers.inputs[0];
      own.transformed = static_cast<float*>(buffers.outputs[0]);
      own.scratch = static_cast<float*>(buffers.scratch) + part * scratch_;
      functions_->kernel(own);
    });
  }

 private:
  const WinogradFunctions* functions_;
  WinogradKernel share_{};
  std::int64_t scratch_ = 0;
  int parts_ = 1;
};

class ConvolutionKernel final : public engine::PreparedKernel {
 public:
  explicit ConvolutionKernel(const engine::KernelCall& call)
      : functions_(functions_for(call.inputs[0], call.attrs.as<WinogradAttrs>().tile)) {
    const auto& attrs = call.attrs.as<WinogradAttrs>();
    Shape output = call.outputs[0].shape;
    output[1] = attrs.size[0];
    output[2] = attrs.size[1];
    share_.geometry = geometry_of(call.inputs[0].shape, output, attrs.pad_low, attrs.tile);
    share_.pooled = attrs.pooled;
    WinogradGeometry& g = share_.geometry;
    if (attrs.pooled) {  // what is left over at the ends nobody sees
      g.tile_rows = (g.output_height / 2 * 2 + g.tile - 1) / g.tile;
      g.tile_columns = (g.output_width / 2 * 2 + g.tile - 1) / g.tile;
    }
    tiles_ = output[0] * g.image_tiles();
    steps_ = product_steps(attrs.bias, attrs.epilogue, epilogue_operands(call, attrs.bias ? 3 : 2),
                           g.output_channels);
    share_.step_count = static_cast<int>(steps_.size());
    const int parts = parts_for_product(
        tiles_ * g.elements() * g.input_channels * g.output_channels, call.threads);
    const std::int64_t panels = (g.output_channels + kWinogradPanel - 1) / kWinogradPanel;
    const Shape& kernel = call.inputs[1].shape;
    is_transformed_ = kernel.rank() == 3;
    if (!is_transformed_) share_.taps = taps_of(kernel, attrs);
    const std::int64_t kernel_numbers = g.elements() * g.input_channels * g.output_channels;
    const bool fits = is_transformed_ && kernel_numbers <= kNumbersInCache;
    column_parts_ = fits ? 1 : static_cast<int>(std::min<std::int64_t>(parts, panels));
    tile_parts_ = parts / column_parts_;
    share_.block_tiles = block_tiles(
        (tiles_ + tile_parts_ - 1) / tile_parts_, g.elements(), g.input_channels + kWinogradPanel,
        is_transformed_ ? kernel_numbers / column_parts_ : kMostWinogradNumbers);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(numbers() * column_parts_ * tile_parts_) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    std::array<ProductStep, kMostProductSteps> steps;
    set_operands(steps_, buffers.inputs + 2, steps.data());
    engine::parallel_for(column_parts_ * tile_parts_, [&](int part) {
      WinogradConvolution own = share_;
      std::tie(own.first_tile, own.last_tile) = share_of(tiles_, tile_parts_, part / column_parts_);
      std::tie(own.first_column, own.last_column) = channels_of(
          own.geometry.output_channels, kWinogradPanel, column_parts_, part % column_parts_);
      own.x = buffers.inputs[0];
      if (is_transformed_)
        own.kernel = static_cast<const float*>(buffers.inputs[1]);
      else
        own.taps.kernel = buffers.inputs[1];
      own.y = buffers.outputs[0];
      own.steps = steps.data();
      own.scratch = static_cast<float*>(buffers.scratch) + numbers() * part;
      functions_.convolution(own);
    });
  }

 private:
  std::int64_t numbers() const {
    return winograd_scratch(share_.geometry, share_.block_tiles) +
           (is_transformed_ ? 0 : winograd_taps_scratch(share_.geometry));
  }

  const WinogradFunctions& functions_;
  WinogradConvolution share_{};
  std::vector<ProductStep> steps_;
  bool is_transformed_ = true;
  std::int64_t tiles_ = 0;
  int column_parts_ = 1, tile_parts_ = 1;
};

/// Threads have inputs of their own, and only where there are more threads than those tiles of
/// their own, whose parts of the gradient are added up in a fixed order.
class GradientKernel final : public engine::PreparedKernel {
 public:
  explicit GradientKernel(const engine::KernelCall& call)
      : functions_(functions_for(call.inputs[0], call.attrs.as<WinogradGradientAttrs>().tile)) {
    const auto& attrs = call.attrs.as<WinogradGradientAttrs>();
    share_.geometry =
        geometry_of(call.inputs[0].shape, call.inputs[1].shape, attrs.pad_low, attrs.tile);
    const WinogradGeometry& g = share_.geometry;
    tiles_ = call.inputs[0].shape[0] * g.image_tiles();
    const int parts = parts_for_product(
        tiles_ * g.elements() * g.input_channels * g.output_channels, call.threads);
    input_parts_ =
        static_cast<int>(std::min<std::int64_t>(parts, g.input_channels / kWinogradGrain));
    share_.part_count = static_cast<int>(std::min<std::int64_t>(parts / input_parts_, tiles_));
    most_inputs_ =
        (g.input_channels / kWinogradGrain + input_parts_ - 1) / input_parts_ * kWinogradGrain;
    share_.block_tiles =
        block_tiles((tiles_ + share_.part_count - 1) / share_.part_count, g.elements(),
                    most_inputs_ + g.output_channels, part_numbers() / input_parts_);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>((is_one_block() ? 0 : part_numbers() * share_.part_count) +
                                    numbers() * share_.part_count * input_parts_) *
           sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* scratch = static_cast<float*>(buffers.scratch);
    float* parts = nullptr;
    if (!is_one_block()) {
      parts = scratch;
      scratch += part_numbers() * share_.part_count;
    }
    engine::parallel_for(share_.part_count * input_parts_, [&](int part) {
      const int tile_part = part / input_parts_;
      WinogradKernelGradient own = of_inputs(buffers, part % input_parts_);
      std::tie(own.first_tile, own.last_tile) = share_of(tiles_, own.part_count, tile_part);
      if (parts) own.parts = parts + part_numbers() * tile_part;
      own.scratch = scratch + numbers() * part;
      functions_.kernel_gradient(own);
    });
    if (share_.part_count == 1) return;
    engine::parallel_for(input_parts_, [&](int part) {
      WinogradKernelGradient own = of_inputs(buffers, part);
      own.parts = parts;
      functions_.finish_kernel_gradient(own);
    });
  }

 private:
  WinogradKernelGradient of_inputs(const engine::Buffers& buffers, int part) const {
    WinogradKernelGradient own = share_;
    std::tie(own.first_input, own.last_input) =
        channels_of(own.geometry.input_channels, kWinogradGrain, input_parts_, part);
    own.x = buffers.inputs[0];
    own.dy = buffers.inputs[1];
    own.gradient = buffers.outputs[0];
    return own;
  }
  bool is_one_block() const { return share_.part_count == 1 && tiles_ <= share_.block_tiles; }
  std::int64_t part_numbers() const {
    return winograd_part(share_.geometry, share_.geometry.input_channels);
  }
  std::int64_t numbers() const {
    return winograd_gradient_scratch(share_.geometry, share_.block_tiles, most_inputs_);
  }

  const WinogradFunctions& functions_;
  WinogradKernelGradient share_{};
  std::int64_t tiles_ = 0, most_inputs_ = 0;
  int input_parts_ = 1;
};

std::string refusal(const engine::KernelCall& call) {
  const DType dtype = call.inputs[0].dtype;
  if (dtype == DType::kFloat32 || dtype == DType::kBfloat16) return {};
  return str("takes float32 and bfloat16, not ", dtype);
}

template <typename Prepared>
std::unique_ptr<engine::PreparedKernel> prepare(const engine::KernelCall& call) {
  return std::make_unique<Prepared>(call);
}

}  // namespace

const engine::Kernel simd_winograd_kernel{"simd_winograd_kernel", refusal,
                                          prepare<KernelTransform>};
const engine::Kernel simd_winograd{"simd_winograd", refusal, prepare<ConvolutionKernel>};
const engine::Kernel simd_winograd_gradient{"simd_winograd_gradient", refusal,
                                            prepare<GradientKernel>};

}  // namespace keras::backend::cpu
