#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "keras/backend/cpu/onednn/matmul.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// A convolution of channels-last activations with a Keras kernel (spatial…, in / groups, out),
/// plus a bias of `out` values as the third input where there is one.
struct ConvolutionProblem {
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> pad_low;
  std::vector<std::int64_t> pad_high;
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  bool bias = false;
  Epilogue epilogue = Epilogue::kNone;
};

/// True of a convolution that looks at one pixel at a time: a product of matrices, which oneDNN's
/// matmul computes faster than its convolution. Steps between the pixels are copied away.
bool is_pointwise(const ConvolutionProblem& problem, const Shape& kernel);

/// The calls of ops::conv_op, ops::conv_input_gradient_op and ops::conv_kernel_gradient_op.
std::unique_ptr<engine::PreparedKernel> prepare_pointwise(const ConvolutionProblem& problem,
                                                          const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_pointwise_input_gradient(
    const ConvolutionProblem& problem, const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_pointwise_kernel_gradient(
    const ConvolutionProblem& problem, const engine::KernelCall& call);

}  // namespace keras::backend::cpu
