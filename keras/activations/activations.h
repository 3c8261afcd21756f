#pragma once

#include <optional>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/nn.h"

namespace keras::activations {

struct ReluOptions {
  double negative_slope = 0.0;
  std::optional<double> max_value = {};
  double threshold = 0.0;
};
/// max(x, 0), or max_value above it, x from `threshold` on, and
/// negative_slope · (x - threshold) below. Keras: keras.activations.relu, and so on for all below.
Tensor relu(const Tensor& x, ReluOptions options);
Tensor relu(const Tensor& x);
Tensor leaky_relu(const Tensor& x, ops::LeakyReluOptions options);
Tensor leaky_relu(const Tensor& x);
Tensor relu6(const Tensor& x);
Tensor softmax(const Tensor& x, ops::SoftmaxOptions options);
Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x, ops::LogSoftmaxOptions options);
Tensor log_softmax(const Tensor& x);
Tensor celu(const Tensor& x, ops::CeluOptions options);
Tensor celu(const Tensor& x);
Tensor elu(const Tensor& x, ops::EluOptions options);
Tensor elu(const Tensor& x);
Tensor selu(const Tensor& x);
Tensor softplus(const Tensor& x);
Tensor softsign(const Tensor& x);
Tensor squareplus(const Tensor& x, ops::SquareplusOptions options);
Tensor squareplus(const Tensor& x);
Tensor soft_shrink(const Tensor& x, ops::SoftShrinkOptions options);
Tensor soft_shrink(const Tensor& x);
Tensor sparse_plus(const Tensor& x);
Tensor silu(const Tensor& x);

struct GeluOptions {
  /// Unlike that of keras.ops.gelu, the default is exact.
  bool approximate = false;
};
Tensor gelu(const Tensor& x, GeluOptions options);
Tensor gelu(const Tensor& x);
Tensor glu(const Tensor& x, ops::GluOptions options);
Tensor glu(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor tanh_shrink(const Tensor& x);
Tensor threshold(const Tensor& x, double threshold, double default_value);
Tensor sigmoid(const Tensor& x);
Tensor sparse_sigmoid(const Tensor& x);
Tensor exponential(const Tensor& x);
Tensor hard_sigmoid(const Tensor& x);
Tensor hard_silu(const Tensor& x);
Tensor hard_tanh(const Tensor& x);
Tensor hard_shrink(const Tensor& x, ops::HardShrinkOptions options);
Tensor hard_shrink(const Tensor& x);
/// x itself.
Tensor linear(const Tensor& x);
/// x · tanh(softplus(x)): Misra, "Mish" (2019).
Tensor mish(const Tensor& x);
Tensor log_sigmoid(const Tensor& x);
Tensor sparsemax(const Tensor& x, ops::SparsemaxOptions options);
Tensor sparsemax(const Tensor& x);

}  // namespace keras::activations
