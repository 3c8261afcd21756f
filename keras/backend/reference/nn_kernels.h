#pragma once

#include <vector>

#include "keras/engine/runtime/kernel.h"

namespace keras::reference {

extern const engine::Kernel kMatmul;
extern const engine::Kernel kIntegerMatmul;
extern const engine::Kernel kConv;
extern const engine::Kernel kConvInputGradient;
extern const engine::Kernel kConvKernelGradient;
extern const engine::Kernel kMaxPool;
extern const engine::Kernel kAveragePool;
extern const engine::Kernel kMaxPoolGradient;
extern const engine::Kernel kMaxPoolSelect;
extern const engine::Kernel kAveragePoolGradient;
extern const engine::Kernel kSoftmax;
extern const engine::Kernel kLogSoftmax;
extern const engine::Kernel kBatchNormTraining;
extern const engine::Kernel kBatchNormGradient;
extern const engine::Kernel kLayerNorm;
extern const engine::Kernel kLayerNormGradient;
extern const engine::Kernel kRandomUniform;
extern const engine::Kernel kRandomNormal;
extern const engine::Kernel kRandomTruncatedNormal;
extern const engine::Kernel kRandomIntegers;
extern const engine::Kernel kRandomPermutation;

/// The rows of this folder's table for matmul, ops/nn and ops/random.
std::vector<engine::KernelRow> nn_kernel_rows();

}  // namespace keras::reference
