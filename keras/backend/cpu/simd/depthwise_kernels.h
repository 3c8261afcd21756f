#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Kernels of ops::conv_op and fused convolutions, of ops::conv_input_gradient_op and of
/// ops::conv_kernel_gradient_op for depthwise convolutions of 3x3 pixels.
extern const engine::Kernel simd_depthwise_convolution;
extern const engine::Kernel simd_depthwise_input_gradient;
extern const engine::Kernel simd_depthwise_kernel_gradient;

}  // namespace keras::backend::cpu
