#pragma once

#include <memory>

#include "keras/backend/cpu/convolution_problem.h"
#include "keras/backend/cpu/onednn/matmul.h"
#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// True of a convolution that is computed as a product of matrices, which oneDNN does faster: one
/// that looks at a pixel at a time, whatever its steps, and one that has few outputs and many
/// weights, for which the patches that every output sees are copied side by side (im2col).
bool is_matmul(const ConvolutionProblem& problem, const Shape& kernel, const Shape& output);

/// The calls of ops::conv_op, ops::conv_input_gradient_op and ops::conv_kernel_gradient_op.
std::unique_ptr<engine::PreparedKernel> prepare_as_matmul(const ConvolutionProblem& problem,
                                                          const engine::KernelCall& call);
/// Of one that looks at several pixels in float32 only.
std::unique_ptr<engine::PreparedKernel> prepare_input_gradient_as_matmul(
    const ConvolutionProblem& problem, const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_kernel_gradient_as_matmul(
    const ConvolutionProblem& problem, const engine::KernelCall& call);
/// True of one whose outputs are so few that the product is one of small_product.h.
bool is_small_matmul(const ConvolutionProblem& problem, const engine::KernelCall& call);
/// The layout in which a convolution of pixels, or a small one, wants weights that no step writes;
/// null for Keras's own.
engine::LayoutPtr matmul_kernel_layout(const ConvolutionProblem& problem,
                                       const engine::KernelCall& call);

bool is_pointwise(const ConvolutionProblem& problem, const Shape& kernel);

}  // namespace keras::backend::cpu
