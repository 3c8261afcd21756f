#pragma once

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// Kernels on our own vector code, for float32: of ops::max_pool_op and its relatives, of
/// ops::softmax_op and ops::log_softmax_op over the last axis, of batch and layer normalization,
/// of attention, and of convolutions, fused ones too, and their gradients where these are depthwise
/// ones of 3x3 pixels.
extern const engine::Kernel simd_max_pool;
extern const engine::Kernel simd_average_pool;
extern const engine::Kernel simd_max_pool_gradient;
extern const engine::Kernel simd_average_pool_gradient;
extern const engine::Kernel simd_softmax;
extern const engine::Kernel simd_log_softmax;
extern const engine::Kernel simd_batch_norm_training;
extern const engine::Kernel simd_batch_norm_gradient;
extern const engine::Kernel simd_layer_norm;
extern const engine::Kernel simd_layer_norm_gradient;
extern const engine::Kernel simd_attention;
extern const engine::Kernel simd_attention_gradient;
extern const engine::Kernel simd_depthwise_convolution;
extern const engine::Kernel simd_depthwise_input_gradient;
extern const engine::Kernel simd_depthwise_kernel_gradient;

/// Why a call that is not all float32 is not taken; nothing for one that is.
std::string float32_refusal(const engine::KernelCall& call);

}  // namespace keras::backend::cpu
