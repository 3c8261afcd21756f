#include "keras/backend/cpu/onednn/pointwise.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "keras/backend/cpu/onednn/staged_kernel.h"

namespace keras::backend::cpu {
namespace {

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::all_of(values.begin(), values.end(),
                     [wanted](auto value) { return value == wanted; });
}

/// All pixels of a channels-last tensor, or all columns of a kernel, as the rows of one matrix.
TensorSpec as_matrix(const TensorSpec& spec) {
  const std::int64_t columns = spec.shape[-1];
  return {{spec.shape.size() / columns, columns}, spec.dtype};
}

/// The pixels of a tensor that a convolution with steps looks at, and the dense tensor that they
/// make.
class Steps {
 public:
  Steps(const ConvolutionProblem& problem, const TensorSpec& whole, const TensorSpec& output)
      : whole_(whole), dense_(output), strides_(problem.strides) {
    dense_.shape[-1] = whole.shape[-1];
  }

  const TensorSpec& dense() const { return dense_; }

  /// Adds the copy from the whole tensor into the dense one, each thread some images.
  void gather(StagedKernel& kernel, const Place& whole, const Place& dense, int threads) const {
    for_each_part(threads, [&](std::int64_t first, std::int64_t count) {
      kernel.add(
          [pixels = pixels_of_image(), bytes = pixel_bytes(), from_image = bytes_of_image(whole_),
           to_image = bytes_of_image(dense_), count](void* const* addresses) {
            for (std::int64_t image = 0; image < count; ++image) {
              const auto* from = static_cast<const std::byte*>(addresses[0]) + image * from_image;
              auto* to = static_cast<std::byte*>(addresses[1]) + image * to_image;
              for (const std::int64_t pixel : pixels) {
                std::memcpy(to, from + pixel * bytes, static_cast<std::size_t>(bytes));
                to += bytes;
              }
            }
          },
          {whole.after(at(first, whole_)), dense.after(at(first, dense_))});
    });
    kernel.next_stage();
  }

  /// The same the other way; the pixels between become zero.
  void scatter(StagedKernel& kernel, const Place& dense, const Place& whole, int threads) const {
    kernel.next_stage();
    for_each_part(threads, [&](std::int64_t first, std::int64_t count) {
      kernel.add(
          [pixels = pixels_of_image(), bytes = pixel_bytes(), from_image = bytes_of_image(dense_),
           to_image = bytes_of_image(whole_), count](void* const* addresses) {
            std::memset(addresses[1], 0, static_cast<std::size_t>(count * to_image));
            for (std::int64_t image = 0; image < count; ++image) {
              const auto* from = static_cast<const std::byte*>(addresses[0]) + image * from_image;
              auto* to = static_cast<std::byte*>(addresses[1]) + image * to_image;
              for (const std::int64_t pixel : pixels) {
                std::memcpy(to + pixel * bytes, from, static_cast<std::size_t>(bytes));
                from += bytes;
              }
            }
          },
          {dense.after(at(first, dense_)), whole.after(at(first, whole_))});
    });
  }

 private:
  std::int64_t pixel_bytes() const {
    return whole_.shape[-1] * static_cast<std::int64_t>(dtype_size(whole_.dtype));
  }
  std::int64_t bytes_of_image(const TensorSpec& spec) const {
    return spec.shape.size() / spec.shape[0] * static_cast<std::int64_t>(dtype_size(spec.dtype));
  }
  std::size_t at(std::int64_t image, const TensorSpec& spec) const {
    return static_cast<std::size_t>(image * bytes_of_image(spec));
  }
  void for_each_part(int threads, const auto& add) const {
    const auto bounds = cut(dense_.shape[0], threads);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) add(bounds[i], bounds[i + 1] - bounds[i]);
  }

  /// Which pixels of an image of the whole tensor the dense one has, in its order.
  std::vector<std::int64_t> pixels_of_image() const {
    std::vector<std::int64_t> pixels = {0};
    for (std::size_t i = 0; i < strides_.size(); ++i) {
      const int axis = static_cast<int>(i) + 1;
      std::vector<std::int64_t> next;
      for (const auto outer : pixels)
        for (std::int64_t k = 0; k < dense_.shape[axis]; ++k)
          next.push_back(outer * whole_.shape[axis] + k * strides_[i]);
      pixels = std::move(next);
    }
    return pixels;
  }

  TensorSpec whole_, dense_;
  std::vector<std::int64_t> strides_;
};

Place reserve(StagedKernel& kernel, const TensorSpec& spec) {
  return Place::scratch(
      kernel.reserve(static_cast<std::size_t>(spec.shape.size()) * dtype_size(spec.dtype)));
}

/// Adds the copy of the input without the steps; gives what the product reads, as a matrix.
TensorSpec without_steps(StagedKernel& kernel, const ConvolutionProblem& problem,
                         const engine::KernelCall& call, const TensorSpec& output, Place& place) {
  if (all_are(problem.strides, 1)) return as_matrix(call.inputs[0]);
  const Steps steps(problem, call.inputs[0], output);
  place = reserve(kernel, steps.dense());
  steps.gather(kernel, Place::input(0), place, call.threads);
  return as_matrix(steps.dense());
}

}  // namespace

bool is_pointwise(const ConvolutionProblem& problem, const Shape& kernel) {
  for (int axis = 0; axis + 2 < kernel.rank(); ++axis)
    if (kernel[axis] != 1) return false;
  return problem.groups == 1 && all_are(problem.pad_low, 0) && all_are(problem.pad_high, 0);
}

std::unique_ptr<engine::PreparedKernel> prepare_pointwise(const ConvolutionProblem& problem,
                                                          const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  MatmulOperands operands{{}, as_matrix(call.inputs[1]), as_matrix(call.outputs[0])};
  operands.a = without_steps(*kernel, problem, call, call.outputs[0], operands.a_place);
  operands.b_layout = call.input_layout(1);
  add_matmul(*kernel, {.bias = problem.bias, .epilogue = problem.epilogue}, operands, call.threads);
  return kernel;
}

std::unique_ptr<engine::PreparedKernel> prepare_pointwise_kernel_gradient(
    const ConvolutionProblem& problem, const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  MatmulOperands operands{{}, as_matrix(call.inputs[1]), as_matrix(call.outputs[0])};
  operands.a = without_steps(*kernel, problem, call, call.inputs[1], operands.a_place);
  add_matmul(*kernel, {.transpose_a = true}, operands, call.threads);
  return kernel;
}

std::unique_ptr<engine::PreparedKernel> prepare_pointwise_input_gradient(
    const ConvolutionProblem& problem, const engine::KernelCall& call) {
  auto kernel = std::make_unique<StagedKernel>();
  const bool steps_over = !all_are(problem.strides, 1);
  const Steps steps(problem, call.outputs[0], call.inputs[0]);
  MatmulOperands operands{as_matrix(call.inputs[0]), as_matrix(call.inputs[1]),
                          as_matrix(steps.dense())};
  if (steps_over) operands.c_place = reserve(*kernel, steps.dense());
  add_matmul(*kernel, {.transpose_b = true}, operands, call.threads);
  if (steps_over) steps.scatter(*kernel, operands.c_place, Place::output(0), call.threads);
  return kernel;
}

}  // namespace keras::backend::cpu
