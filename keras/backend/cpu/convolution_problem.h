#pragma once

#include <cstdint>
#include <vector>

#include "keras/backend/cpu/epilogue.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {

/// A convolution of channels-last activations with a Keras kernel (spatial…, in / groups, out),
/// plus a bias of `out` values as the third input where there is one; the epilogue's operands
/// follow.
struct ConvolutionProblem {
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> pad_low;
  std::vector<std::int64_t> pad_high;
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  bool bias = false;
  Epilogue epilogue = {};
};

ConvolutionProblem convolution_problem(const ops::ConvAttrs& attrs);
/// That of a call of ops::conv_input_gradient_op or ops::conv_kernel_gradient_op.
ConvolutionProblem gradient_problem(const engine::KernelCall& call);

/// True where each number of a problem's geometry is the wanted one.
bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted);

}  // namespace keras::backend::cpu
