#include "keras/activations/activations.h"

#include "keras/ops/core.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::activations {
namespace {

Tensor relu_of_values(const Tensor& x, const ReluOptions& options) {
  const double slope = options.negative_slope, threshold = options.threshold;
  if (slope != 0 && !options.max_value && threshold == 0)
    return ops::leaky_relu(x, {.negative_slope = slope});
  const bool six = threshold == 0 && options.max_value == 6.0;
  Tensor y = six              ? ops::relu6(x)
             : threshold == 0 ? ops::relu(x)
                              : ops::where(ops::greater(x, threshold), x, 0);
  if (options.max_value && !six) y = ops::clip(y, 0, *options.max_value);
  if (slope != 0) y = y - ops::relu(threshold - x) * slope;
  return y;
}

}  // namespace

Tensor relu(const Tensor& x, ReluOptions options) {
  Config config{{"negative_slope", options.negative_slope},
                {"max_value", nullptr},
                {"threshold", options.threshold}};
  if (options.max_value) config.set("max_value", *options.max_value);
  return ops::record_unary("ReLU", x, config,
                           [options](const Tensor& in) { return relu_of_values(in, options); });
}
Tensor relu(const Tensor& x) { return relu(x, {}); }

Tensor leaky_relu(const Tensor& x, ops::LeakyReluOptions options) {
  return ops::leaky_relu(x, options);
}
Tensor leaky_relu(const Tensor& x) { return ops::leaky_relu(x); }
Tensor relu6(const Tensor& x) { return ops::relu6(x); }
Tensor softmax(const Tensor& x, ops::SoftmaxOptions options) { return ops::softmax(x, options); }
Tensor softmax(const Tensor& x) { return ops::softmax(x); }
Tensor log_softmax(const Tensor& x, ops::LogSoftmaxOptions options) {
  return ops::log_softmax(x, options);
}
Tensor log_softmax(const Tensor& x) { return ops::log_softmax(x); }
Tensor celu(const Tensor& x, ops::CeluOptions options) { return ops::celu(x, options); }
Tensor celu(const Tensor& x) { return ops::celu(x); }
Tensor elu(const Tensor& x, ops::EluOptions options) { return ops::elu(x, options); }
Tensor elu(const Tensor& x) { return ops::elu(x); }
Tensor selu(const Tensor& x) { return ops::selu(x); }
Tensor softplus(const Tensor& x) { return ops::softplus(x); }
Tensor softsign(const Tensor& x) { return ops::softsign(x); }
Tensor squareplus(const Tensor& x, ops::SquareplusOptions options) {
  return ops::squareplus(x, options);
}
Tensor squareplus(const Tensor& x) { return ops::squareplus(x); }
Tensor soft_shrink(const Tensor& x, ops::SoftShrinkOptions options) {
  return ops::soft_shrink(x, options);
}
Tensor soft_shrink(const Tensor& x) { return ops::soft_shrink(x); }
Tensor sparse_plus(const Tensor& x) { return ops::sparse_plus(x); }
Tensor silu(const Tensor& x) { return ops::silu(x); }
Tensor gelu(const Tensor& x, GeluOptions options) {
  return ops::gelu(x, {.approximate = options.approximate});
}
Tensor gelu(const Tensor& x) { return gelu(x, {}); }
Tensor glu(const Tensor& x, ops::GluOptions options) { return ops::glu(x, options); }
Tensor glu(const Tensor& x) { return ops::glu(x); }
Tensor tanh(const Tensor& x) { return ops::tanh(x); }
Tensor tanh_shrink(const Tensor& x) { return ops::tanh_shrink(x); }
Tensor threshold(const Tensor& x, double threshold, double default_value) {
  return ops::threshold(x, threshold, default_value);
}
Tensor sigmoid(const Tensor& x) { return ops::sigmoid(x); }
Tensor sparse_sigmoid(const Tensor& x) { return ops::sparse_sigmoid(x); }
Tensor exponential(const Tensor& x) { return ops::exp(x); }
Tensor hard_sigmoid(const Tensor& x) { return ops::hard_sigmoid(x); }
Tensor hard_silu(const Tensor& x) { return ops::hard_silu(x); }
Tensor hard_tanh(const Tensor& x) { return ops::hard_tanh(x); }
Tensor hard_shrink(const Tensor& x, ops::HardShrinkOptions options) {
  return ops::hard_shrink(x, options);
}
Tensor hard_shrink(const Tensor& x) { return ops::hard_shrink(x); }
Tensor linear(const Tensor& x) { return x; }
Tensor mish(const Tensor& x) {
  return ops::record_unary("Mish", x, Config::dict(),
                           [](const Tensor& in) { return in * ops::tanh(ops::softplus(in)); });
}
Tensor log_sigmoid(const Tensor& x) { return ops::log_sigmoid(x); }
Tensor sparsemax(const Tensor& x, ops::SparsemaxOptions options) {
  return ops::sparsemax(x, options);
}
Tensor sparsemax(const Tensor& x) { return ops::sparsemax(x); }

}  // namespace keras::activations
