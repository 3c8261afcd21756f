#include "keras/backend/reference/nn_kernels.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/conv.h"
#include "keras/ops/nn/normalization.h"
#include "keras/ops/nn/pool.h"
#include "keras/ops/nn/softmax.h"
#include "keras/ops/random/random.h"

namespace keras::reference {

std::vector<engine::KernelRow> nn_kernel_rows() {
  return {
      {&ops::matmul_op, {&kMatmul, &kIntegerMatmul}},
      {&ops::conv_op, {&kConv}},
      {&ops::conv_input_gradient_op, {&kConvInputGradient}},
      {&ops::conv_kernel_gradient_op, {&kConvKernelGradient}},
      {&ops::max_pool_op, {&kMaxPool}},
      {&ops::average_pool_op, {&kAveragePool}},
      {&ops::max_pool_gradient_op, {&kMaxPoolGradient}},
      {&ops::max_pool_select_op, {&kMaxPoolSelect}},
      {&ops::average_pool_gradient_op, {&kAveragePoolGradient}},
      {&ops::softmax_op, {&kSoftmax}},
      {&ops::log_softmax_op, {&kLogSoftmax}},
      {&ops::batch_norm_training_op, {&kBatchNormTraining}},
      {&ops::batch_norm_gradient_op, {&kBatchNormGradient}},
      {&ops::layer_norm_op, {&kLayerNorm}},
      {&ops::layer_norm_gradient_op, {&kLayerNormGradient}},
      {&ops::random_uniform_op, {&kRandomUniform}},
      {&ops::random_normal_op, {&kRandomNormal}},
      {&ops::random_truncated_normal_op, {&kRandomTruncatedNormal}},
      {&ops::random_integers_op, {&kRandomIntegers}},
      {&ops::random_permutation_op, {&kRandomPermutation}},
  };
}

}  // namespace keras::reference
