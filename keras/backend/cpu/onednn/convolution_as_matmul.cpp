#include "keras/backend/cpu/onednn/convolution_as_matmul.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "keras/backend/cpu/onednn/small_product.h"
#include "keras/backend/cpu/onednn/staged_kernel.h"

namespace keras::backend::cpu {
namespace {

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.size()) * dtype_size(spec.dtype);
}

/// All pixels of a channels-last tensor, or all columns of a kernel, as the rows of one matrix.
TensorSpec as_matrix(const TensorSpec& spec) {
  const std::int64_t columns = spec.shape[-1];
  return {{spec.shape.size() / columns, columns}, spec.dtype};
}

/// True where the input's pixels are the rows of the product as they lie.
bool sees_all_pixels(const ConvolutionProblem& problem, const Shape& kernel) {
  return is_pointwise(problem, kernel) && all_are(problem.strides, 1);
}

/// The patches of an image that the outputs of a convolution see, and the matrix that has one in
/// each row. A convolution of pixels sees some of them in order.
class Patches {
 public:
  Patches(const ConvolutionProblem& problem, const TensorSpec& whole, const Shape& kernel,
          const Shape& output)
      : whole_(whole),
        matrix_{{output.slice(0, -1).size(), kernel.slice(0, -1).size()}, whole.dtype},
        images_(output[0]),
        pixels_({{0}}) {
    for (std::size_t i = 0; i < problem.strides.size(); ++i) {
      const int axis = static_cast<int>(i);
      add_axis(whole.shape[axis + 1], output[axis + 1], kernel[axis], [&](auto place, auto tap) {
        return place * problem.strides[i] + tap * problem.dilation[i] - problem.pad_low[i];
      });
    }
  }

  const TensorSpec& matrix() const { return matrix_; }

  /// Adds the copy of the patches, each thread some images; zeros for what is outside.
  void gather(StagedKernel& kernel, const Place& whole, const Place& matrix, int threads) const {
    for_each_part(threads, [&](std::int64_t first, std::int64_t count) {
      kernel.add(
          [pixels = flat_pixels(), bytes = pixel_bytes(), image_bytes = image_bytes(),
           count](void* const* addresses) {
            const auto* from = static_cast<const std::byte*>(addresses[0]);
            auto* to = static_cast<std::byte*>(addresses[1]);
            for (std::int64_t image = 0; image < count; ++image, from += image_bytes)
              for (const std::int64_t pixel : pixels) {
                if (pixel == kOutside) {
                  std::memset(to, 0, bytes);
                } else {
                  std::memcpy(to, from + static_cast<std::size_t>(pixel) * bytes, bytes);
                }
                to += bytes;
              }
          },
          {whole.after(static_cast<std::size_t>(first) * image_bytes()),
           matrix.after(static_cast<std::size_t>(first) * patches_bytes())});
    });
    kernel.next_stage();
  }

  /// The other way: every pixel gets the sum of what all patches hold of it. Of more than one tap
  /// for float32 only.
  void scatter(StagedKernel& kernel, const Place& matrix, const Place& whole, int threads) const {
    kernel.next_stage();
    for_each_part(threads, [&](std::int64_t first, std::int64_t count) {
      kernel.add(
          [pixels = flat_pixels(), bytes = pixel_bytes(), image_bytes = image_bytes(),
           give = pixels_.front().size() == 1 ? copy_bytes : add_floats,
           count](void* const* addresses) {
            const auto* from = static_cast<const std::byte*>(addresses[0]);
            auto* to = static_cast<std::byte*>(addresses[1]);
            std::memset(to, 0, static_cast<std::size_t>(count) * image_bytes);
            for (std::int64_t image = 0; image < count; ++image, to += image_bytes)
              for (const std::int64_t pixel : pixels) {
                if (pixel != kOutside)
                  give(from, to + static_cast<std::size_t>(pixel) * bytes, bytes);
                from += bytes;
              }
          },
          {matrix.after(static_cast<std::size_t>(first) * patches_bytes()),
           whole.after(static_cast<std::size_t>(first) * image_bytes())});
    });
  }

 private:
  static constexpr std::int64_t kOutside = -1;

  static void copy_bytes(const std::byte* from, std::byte* to, std::size_t bytes) {
    std::memcpy(to, from, bytes);
  }
  static void add_floats(const std::byte* from, std::byte* to, std::size_t bytes) {
    const auto* addends = reinterpret_cast<const float*>(from);
    auto* sums = reinterpret_cast<float*>(to);
    for (std::size_t i = 0; i < bytes / sizeof(float); ++i) sums[i] += addends[i];
  }

  /// One more axis, along which the output at `place` sees `position(place, tap)`.
  void add_axis(std::int64_t size, std::int64_t places, std::int64_t taps, const auto& position) {
    std::vector<std::vector<std::int64_t>> next;
    for (const auto& outer_taps : pixels_)
      for (std::int64_t place = 0; place < places; ++place) {
        next.emplace_back();
        for (const std::int64_t outer : outer_taps)
          for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t inner = position(place, tap);
            const bool outside = outer == kOutside || inner < 0 || inner >= size;
            next.back().push_back(outside ? kOutside : outer * size + inner);
          }
      }
    pixels_ = std::move(next);
  }

  std::vector<std::int64_t> flat_pixels() const {
    std::vector<std::int64_t> flat;
    for (const auto& taps : pixels_) flat.insert(flat.end(), taps.begin(), taps.end());
    return flat;
  }
  std::size_t pixel_bytes() const {
    return static_cast<std::size_t>(whole_.shape[-1]) * dtype_size(whole_.dtype);
  }
  std::size_t image_bytes() const { return bytes_of(whole_) / static_cast<std::size_t>(images_); }
  std::size_t patches_bytes() const {
    return bytes_of(matrix_) / static_cast<std::size_t>(images_);
  }
  void for_each_part(int threads, const auto& add) const {
    const auto bounds = cut(images_, threads);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) add(bounds[i], bounds[i + 1] - bounds[i]);
  }

  TensorSpec whole_, matrix_;
  std::int64_t images_;
  /// For each output of an image the pixel under each tap of the kernel.
  std::vector<std::vector<std::int64_t>> pixels_;
};

Place reserve(StagedKernel& kernel, const TensorSpec& spec) {
  return Place::scratch(kernel.reserve(bytes_of(spec)));
}

/// What the product reads of the convolution's input, as a matrix, and where: copied patches unless
/// the pixels are the rows already.
TensorSpec patch_matrix(StagedKernel& kernel, const ConvolutionProblem& problem,
                        const engine::KernelCall& call, const Shape& weights, const Shape& output,
                        Place& place) {
  if (sees_all_pixels(problem, weights)) return as_matrix(call.inputs[0]);
  const Patches patches(problem, call.inputs[0], weights, output);
  place = reserve(kernel, patches.matrix());
  patches.gather(kernel, Place::input(0), place, call.threads);
  return patches.matrix();
}

/// The operands of a convolution as a product; of the patches only how many there are.
MatmulOperands operands_of(const ConvolutionProblem& problem, const engine::KernelCall& call) {
  const TensorSpec b = as_matrix(call.inputs[1]), c = as_matrix(call.outputs[0]);
  MatmulOperands operands{{{c.shape[0], b.shape[0]}, call.inputs[0].dtype}, b, c};
  operands.b_layout = call.input_layout(1);
  operands.epilogue = epilogue_operands(call, problem.bias ? 3 : 2);
  for (auto& operand : operands.epilogue)
    if (operand.spec.shape == call.outputs[0].shape) operand.spec = as_matrix(operand.spec);
  return operands;
}

}  // namespace

bool is_pointwise(const ConvolutionProblem& problem, const Shape& kernel) {
  for (int axis = 0; axis + 2 < kernel.rank(); ++axis)
    if (kernel[axis] != 1) return false;
  return problem.groups == 1 && all_are(problem.pad_low, 0) && all_are(problem.pad_high, 0);
}

bool is_matmul(const ConvolutionProblem& problem, const Shape& kernel, const Shape& output) {
  // Below that many rows the product is slower, since it has no layout of its own for the weights.
  constexpr std::int64_t kFewestRows = 64;
  const std::int64_t rows = output.slice(0, -1).size();
  return is_pointwise(problem, kernel) ||
         (problem.groups == 1 && rows >= kFewestRows && rows < output[-1]);
}

std::unique_ptr<engine::PreparedKernel> prepare_as_matmul(const ConvolutionProblem& problem,
                                                          const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  MatmulOperands operands = operands_of(problem, call);
  operands.a = patch_matrix(*kernel, problem, call, call.inputs[1].shape, call.outputs[0].shape,
                            operands.a_place);
  add_matmul(*kernel, {.bias = problem.bias, .epilogue = problem.epilogue}, operands, call.threads);
  return kernel;
}

std::unique_ptr<engine::PreparedKernel> prepare_kernel_gradient_as_matmul(
    const ConvolutionProblem& problem, const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  MatmulOperands operands{{}, as_matrix(call.inputs[1]), as_matrix(call.outputs[0])};
  operands.a = patch_matrix(*kernel, problem, call, call.outputs[0].shape, call.inputs[1].shape,
                            operands.a_place);
  add_matmul(*kernel, {.transpose_a = true}, operands, call.threads);
  return kernel;
}

std::unique_ptr<engine::PreparedKernel> prepare_input_gradient_as_matmul(
    const ConvolutionProblem& problem, const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  MatmulOperands operands{as_matrix(call.inputs[0]), as_matrix(call.inputs[1]),
                          as_matrix(call.outputs[0])};
  if (sees_all_pixels(problem, call.inputs[1].shape)) {
    add_matmul(*kernel, {.transpose_b = true}, operands, call.threads);
    return kernel;
  }
  const Patches patches(problem, call.outputs[0], call.inputs[1].shape, call.inputs[0].shape);
  operands.c = patches.matrix();
  operands.c_place = reserve(*kernel, patches.matrix());
  add_matmul(*kernel, {.transpose_b = true}, operands, call.threads);
  patches.scatter(*kernel, operands.c_place, Place::output(0), call.threads);
  return kernel;
}

bool is_small_matmul(const ConvolutionProblem& problem, const engine::KernelCall& call) {
  // Patches of many pixels are copied at little cost if they are read for many outputs.
  constexpr std::int64_t kFewestChannels = 32, kFewestOutputs = 256;
  const Shape& weights = call.inputs[1].shape;
  const bool many_pay = is_pointwise(problem, weights) ||
                        (weights[-2] >= kFewestChannels && weights[-1] >= kFewestOutputs);
  return problem.groups == 1 &&
         is_small_product({.epilogue = problem.epilogue}, operands_of(problem, call),
                          many_pay ? SmallProductRows::kMore : SmallProductRows::kFew);
}

engine::LayoutPtr matmul_kernel_layout(const ConvolutionProblem& problem,
                                       const engine::KernelCall& call) {
  const Shape& weights = call.inputs[1].shape;
  if (is_small_matmul(problem, call))
    return small_product_layout(weights, SmallProductRows::kMore, call.threads);
  const MatmulOperands operands = operands_of(problem, call);
  std::vector<std::vector<int>> axes(static_cast<std::size_t>(weights.rank() - 2));
  axes.push_back({0});
  axes.push_back({1});
  return matmul_weight_layout({}, operands, axes, call.threads);
}

}  // namespace keras::backend::cpu
