#include "keras/backend/cpu/simd/depthwise.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "keras/backend/cpu/fusions/fused_product.h"
#include "keras/backend/cpu/simd/nn_functions.h"
#include "keras/backend/cpu/simd/nn_kernels.h"
#include "keras/backend/cpu/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "keras/engine/text.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {
namespace {

/// Channels in a vector.
constexpr std::int64_t kGrain = 16;
constexpr std::int64_t kTaps = 9;

DepthwiseGeometry geometry_of(const ConvolutionProblem& problem, const Shape& input,
                              const Shape& output) {
  return {.input_height = input[1],
          .input_width = input[2],
          .output_height = output[1],
          .output_width = output[2],
          .channels = input[3],
          .pad_top = problem.pad_low[0],
          .pad_left = problem.pad_low[1],
          .stride = problem.strides[0]};
}

/// The numbers of an image of each.
std::int64_t inputs(const DepthwiseGeometry& g) {
  return g.input_height * g.input_width * g.channels;
}
std::int64_t outputs(const DepthwiseGeometry& g) {
  return g.output_height * g.output_width * g.channels;
}

bool has_layouts(const engine::KernelCall& call) {
  const auto is_given = [](const engine::LayoutPtr& layout) { return layout != nullptr; };
  return std::any_of(call.input_layouts.begin(), call.input_layouts.end(), is_given) ||
         std::any_of(call.output_layouts.begin(), call.output_layouts.end(), is_given);
}

/// Of a convolution or a gradient, with the convolution's input, kernel and output.
std::string refusal_of(const engine::KernelCall& call, const ConvolutionProblem& problem,
                       const TensorSpec& input, const Shape& kernel, const Shape& output) {
  constexpr std::int64_t kMostPad = 2;
  if (!nn_functions().depthwise.convolution) return "needs 32 wide registers";
  if (has_layouts(call)) return "takes weights as they are";
  if (input.dtype != DType::kFloat32) return str("takes float32, not ", input.dtype);
  if (input.shape.rank() != 4 || kernel[0] != 3 || kernel[1] != 3 || !all_are(problem.dilation, 1))
    return "takes kernels of 3x3 pixels side by side";
  if (problem.groups != input.shape[3] || kernel[3] != input.shape[3] ||
      input.shape[3] % kGrain != 0)
    return str("takes an output for each input channel, and those in multiples of ", kGrain);
  if (!all_are(problem.strides, 1) && !all_are(problem.strides, 2))
    return "takes steps of one or two";
  for (const std::int64_t pad : problem.pad_low)
    if (pad > kMostPad) return str("takes a padding up to ", kMostPad, ", not ", pad);
  if (input.shape.size() == 0 || output.size() == 0) return "takes no empty operands";
  return {};
}

/// What follows the sums, by the numbers of the call's inputs; -1 for none.
struct Finish {
  int bias = -1, scale = -1, offset = -1;
  float least = -std::numeric_limits<float>::infinity();
  float most = std::numeric_limits<float>::infinity();
  bool any() const { return bias >= 0 || scale >= 0 || offset >= 0 || least == 0.0f; }
};

/// Nothing where it is no bias, factors, offsets and bounds in this order, each at most once.
std::optional<Finish> finish_of(const ConvolutionProblem& problem, const engine::KernelCall& call) {
  Finish finish;
  int next = 2;
  if (problem.bias) finish.bias = next++;
  for (const EpilogueStep& step : problem.epilogue) {
    using Kind = EpilogueStep::Kind;
    if (step.has_operand()) {
      int& place = step.kind == Kind::kMultiply ? finish.scale : finish.offset;
      const auto& spec = call.inputs[static_cast<std::size_t>(next)];
      const bool late = finish.offset >= 0 || finish.least == 0.0f;
      if (place >= 0 || late || spec.dtype != DType::kFloat32 ||
          spec.shape.size() != call.outputs[0].shape[-1])
        return std::nullopt;
      place = next++;
    } else if (step.kind == Kind::kRelu || step.kind == Kind::kClip) {
      finish.least = 0.0f;
      if (step.kind == Kind::kClip)
        finish.most = std::min(finish.most, static_cast<float>(step.bound));
    } else {
      return std::nullopt;
    }
  }
  return finish;
}

int parts_of(const DepthwiseGeometry& geometry, std::int64_t images, std::int64_t most) {
  // Every number that is read or written counts some times: there are nine multiplications for it.
  constexpr std::int64_t kVisits = 4;
  return parts_for(kVisits * images * std::max(inputs(geometry), outputs(geometry)), most);
}

/// What one thread does of an image.
struct Share {
  std::int64_t image, first_row, end_row, first_channel, end_channel;
};

/// The images, of so many rows and columns of what is written, cut into runs of rows or of channels
/// where they are fewer than the threads.
class Shares {
 public:
  Shares(const DepthwiseGeometry& geometry, std::int64_t images, std::int64_t height,
         std::int64_t width, std::int64_t threads)
      : images_(images),
        height_(height),
        channels_(geometry.channels),
        parts_(parts_of(geometry, images, std::min(threads, images * (channels_ / kGrain)))) {
    if (images >= parts_) return;
    // Products of so few pixels, before and behind, are cut by channels, too.
    constexpr std::int64_t kFewPixels = 48;
    by_rows_ = height * width > kFewPixels && images * (height / 2) >= parts_;
    blocks_ = by_rows_ ? height / 2 : channels_ / kGrain;
  }

  /// `work(share)` for all, by all threads.
  template <typename Work>
  void run(const Work& work) const {
    engine::parallel_for(parts_, [&](int part) {
      auto [unit, last] = share_of(images_ * blocks_, parts_, part);
      while (unit < last) {
        const std::int64_t image = unit / blocks_, first = unit % blocks_;
        const std::int64_t end = std::min(blocks_, first + last - unit);
        work(share_at(image, first, end));
        unit += end - first;
      }
    });
  }

 private:
  Share share_at(std::int64_t image, std::int64_t first, std::int64_t end) const {
    if (blocks_ == 1) return {image, 0, height_, 0, channels_};
    if (by_rows_) return {image, first * 2, end == blocks_ ? height_ : end * 2, 0, channels_};
    return {image, 0, height_, first * kGrain, end * kGrain};
  }

  std::int64_t images_, height_, channels_;
  int parts_;
  std::int64_t blocks_ = 1;
  bool by_rows_ = false;
};

class ConvolutionKernel final : public engine::PreparedKernel {
 public:
  ConvolutionKernel(const ConvolutionProblem& problem, const engine::KernelCall& call)
      : geometry_(geometry_of(problem, call.inputs[0].shape, call.outputs[0].shape)),
        finish_(*finish_of(problem, call)),
        shares_(geometry_, call.inputs[0].shape[0], geometry_.output_height, geometry_.output_width,
                call.threads) {}

  void run(const engine::Buffers& buffers) const override {
    const auto operand = [&](int number) {
      return number < 0 ? nullptr : static_cast<const float*>(buffers.inputs[number]);
    };
    shares_.run([&](const Share& share) {
      nn_functions().depthwise.convolution(
          {.geometry = geometry_,
           .first_row = share.first_row,
           .end_row = share.end_row,
           .first_channel = share.first_channel,
           .end_channel = share.end_channel,
           .x = operand(0) + share.image * inputs(geometry_) + share.first_channel,
           .kernel = operand(1),
           .mirrored = false,
           .y = static_cast<float*>(buffers.outputs[0]) + share.image * outputs(geometry_) +
                share.first_channel,
           .finishes = finish_.any(),
           .bias = operand(finish_.bias),
           .scale = operand(finish_.scale),
           .offset = operand(finish_.offset),
           .least = finish_.least,
           .most = finish_.most});
    });
  }

 private:
  DepthwiseGeometry geometry_;
  Finish finish_;
  Shares shares_;
};

/// In steps of one the gradient is a convolution with the mirrored kernel.
class InputGradientKernel final : public engine::PreparedKernel {
 public:
  InputGradientKernel(const ConvolutionProblem& problem, const engine::KernelCall& call)
      : geometry_(geometry_of(problem, call.outputs[0].shape, call.inputs[0].shape)),
        shares_(geometry_, call.inputs[0].shape[0], geometry_.input_height, geometry_.input_width,
                call.threads) {}

  void run(const engine::Buffers& buffers) const override {
    const auto* dy = static_cast<const float*>(buffers.inputs[0]);
    const auto* kernel = static_cast<const float*>(buffers.inputs[1]);
    auto* dx = static_cast<float*>(buffers.outputs[0]);
    shares_.run([&](const Share& share) {
      const float* from = dy + share.image * outputs(geometry_) + share.first_channel;
      float* to = dx + share.image * inputs(geometry_) + share.first_channel;
      if (geometry_.stride == 1) {
        nn_functions().depthwise.convolution({.geometry = backwards(),
                                              .first_row = share.first_row,
                                              .end_row = share.end_row,
                                              .first_channel = share.first_channel,
                                              .end_channel = share.end_channel,
                                              .x = from,
                                              .kernel = kernel,
                                              .mirrored = true,
                                              .y = to});
      } else {
        nn_functions().depthwise.input_gradient({.geometry = geometry_,
                                                 .first_row = share.first_row,
                                                 .end_row = share.end_row,
                                                 .first_channel = share.first_channel,
                                                 .end_channel = share.end_channel,
                                                 .dy = from,
                                                 .kernel = kernel,
                                                 .dx = to});
      }
    });
  }

 private:
  DepthwiseGeometry backwards() const {
    constexpr std::int64_t kReach = 2;
    DepthwiseGeometry g = geometry_;
    std::swap(g.input_height, g.output_height);
    std::swap(g.input_width, g.output_width);
    g.pad_top = kReach - g.pad_top;
    g.pad_left = kReach - g.pad_left;
    return g;
  }

  DepthwiseGeometry geometry_;
  Shares shares_;
};

/// Parts of the images have sums of their own, which are added in order.
class KernelGradientKernel final : public engine::PreparedKernel {
 public:
  KernelGradientKernel(const ConvolutionProblem& problem, const engine::KernelCall& call)
      : geometry_(geometry_of(problem, call.inputs[0].shape, call.inputs[1].shape)),
        images_(call.inputs[0].shape[0]),
        parts_(parts_of(geometry_, images_, std::min<std::int64_t>(call.threads, images_))) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>((parts_ - 1) * sums()) * sizeof(float);
  }

  void run(const engine::Buffers& buffers) const override {
    auto* total = static_cast<float*>(buffers.outputs[0]);
    auto* others = static_cast<float*>(buffers.scratch);
    engine::parallel_for(parts_, [&](int part) {
      float* own = part == 0 ? total : others + (part - 1) * sums();
      std::fill(own, own + sums(), 0.0f);
      const auto [first, last] = share_of(images_, parts_, part);
      for (std::int64_t image = first; image < last; ++image) add_image(buffers, image, own);
    });
    for (int part = 1; part < parts_; ++part)
      for (std::int64_t i = 0; i < sums(); ++i) total[i] += others[(part - 1) * sums() + i];
  }

 private:
  std::int64_t sums() const { return kTaps * geometry_.channels; }
  void add_image(const engine::Buffers& buffers, std::int64_t image, float* sums) const {
    nn_functions().depthwise.kernel_gradient(
        {.geometry = geometry_,
         .x = static_cast<const float*>(buffers.inputs[0]) + image * inputs(geometry_),
         .dy = static_cast<const float*>(buffers.inputs[1]) + image * outputs(geometry_),
         .sums = sums});
  }

  DepthwiseGeometry geometry_;
  std::int64_t images_;
  int parts_;
};

std::string forward_refusal(const engine::KernelCall& call) {
  const ConvolutionProblem problem = convolution_problem(call);
  if (!finish_of(problem, call)) return "is followed by other work than it takes";
  return refusal_of(call, problem, call.inputs[0], call.inputs[1].shape, call.outputs[0].shape);
}

}  // namespace

const engine::Kernel simd_depthwise_convolution{
    "simd_depthwise_convolution", forward_refusal,
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<ConvolutionKernel>(convolution_problem(call), call);
    }};
const engine::Kernel simd_depthwise_input_gradient{
    "simd_depthwise_input_gradient",
    [](const engine::KernelCall& call) {
      return refusal_of(call, gradient_problem(call), call.outputs[0], call.inputs[1].shape,
                        call.inputs[0].shape);
    },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<InputGradientKernel>(gradient_problem(call), call);
    }};
const engine::Kernel simd_depthwise_kernel_gradient{
    "simd_depthwise_kernel_gradient",
    [](const engine::KernelCall& call) {
      return refusal_of(call, gradient_problem(call), call.inputs[0], call.outputs[0].shape,
                        call.inputs[1].shape);
    },
    [](const engine::KernelCall& call) -> std::unique_ptr<engine::PreparedKernel> {
      return std::make_unique<KernelGradientKernel>(gradient_problem(call), call);
    }};

}  // namespace keras::backend::cpu
