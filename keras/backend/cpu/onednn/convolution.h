#pragma once

#include <memory>
#include <string>

#include "keras/backend/cpu/onednn/convolution_as_matmul.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {

std::string convolution_refusal(const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_convolution(const ConvolutionProblem& problem,
                                                            const engine::KernelCall& call);
/// The layout in which the convolution wants its kernel; null for Keras's own. Some layouts are for
/// kernels that are only read: their gradients could not be computed into them.
engine::LayoutPtr convolution_kernel_layout(const ConvolutionProblem& problem,
                                            const engine::KernelCall& call, bool read_only);

/// Kernels of ops::conv_op, ops::conv_input_gradient_op and ops::conv_kernel_gradient_op.
extern const engine::Kernel onednn_convolution;
extern const engine::Kernel onednn_convolution_input_gradient;
extern const engine::Kernel onednn_convolution_kernel_gradient;

}  // namespace keras::backend::cpu
