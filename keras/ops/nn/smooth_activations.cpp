#include <numbers>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::ops {
namespace {

Tensor to_float(const Tensor& x) { return cast(x, to_float_dtype(x.dtype())); }

Tensor elu_of(const Tensor& x, double alpha) {
  // The inner minimum keeps exp of large values, and its gradient, out of the branch not taken.
  return where(greater(x, 0), x, expm1(where(greater(x, 0), 0, x)) * alpha);
}

Tensor glu_of(const Tensor& x, int axis) {
  const int at = normalize_axis("glu", axis, x.rank());
  if (x.shape()[at] % 2 != 0)
    throw ShapeError(str("axis size must be divisible by 2. Received: x.shape=", x.shape(),
                         " with axis=", axis));
  const Tensors halves = split(x, 2, {.axis = at});
  return halves[0] * sigmoid(halves[1]);
}

/// Comparing all pairs gives each element its rank and the sum of what is not behind it, without
/// sorting. The threshold is Keras's, which adds up these sums where the paper adds up the
/// elements: models trained with it need the same.
Tensor sparsemax_of(const Tensor& given, int axis) {
  const int at = normalize_axis("sparsemax", axis, given.rank());
  const Tensor x = swapaxes(to_float(given), at, given.rank() - 1);
  const std::int64_t size = x.shape()[-1];
  const Tensor each = expand_dims(x, {.axis = -1}), other = expand_dims(x, {.axis = -2});
  const Tensor earlier = less_equal(iota({size, size}, 1), iota({size, size}, 0));
  const Tensor ahead = logical_or(greater(other, each), logical_and(equal(other, each), earlier));
  const Tensor rank = sum(cast(ahead, x.dtype()), {.axis = -1});
  const Tensor total = sum(where(ahead, other, 0), {.axis = -1});
  const Tensor support = greater(rank * x + 1, total);
  const Tensor count = sum(cast(support, x.dtype()), {.axis = -1, .keepdims = true});
  const Tensor tau = (sum(where(support, total, 0), {.axis = -1, .keepdims = true}) - 1) / count;
  return swapaxes(relu(x - tau), at, given.rank() - 1);
}

}  // namespace

Tensor sigmoid(const Tensor& x) {
  return record_unary("Sigmoid", x, Config::dict(),
                      [](const Tensor& in) { return emit(sigmoid_op, {to_float(in)}); });
}

Tensor softplus(const Tensor& x) {
  return record_unary("Softplus", x, Config::dict(),
                      [](const Tensor& in) { return emit(softplus_op, {to_float(in)}); });
}

Tensor softsign(const Tensor& x) {
  return record_unary("Softsign", x, Config::dict(),
                      [](const Tensor& in) { return in / (abs(in) + 1); });
}

Tensor silu(const Tensor& x) {
  return record_unary("Silu", x, Config::dict(), [](const Tensor& in) { return in * sigmoid(in); });
}

Tensor squareplus(const Tensor& x, SquareplusOptions options) {
  const double b = options.b;
  return record_unary("Squareplus", x, {{"b", b}},
                      [b](const Tensor& in) { return (in + sqrt(in * in + b)) / 2; });
}

Tensor log_sigmoid(const Tensor& x) {
  return record_unary("LogSigmoid", x, Config::dict(),
                      [](const Tensor& in) { return negative(softplus(negative(in))); });
}

Tensor elu(const Tensor& x, EluOptions options) {
  const double alpha = options.alpha;
  return record_unary("Elu", x, {{"alpha", alpha}},
                      [alpha](const Tensor& in) { return elu_of(in, alpha); });
}

Tensor selu(const Tensor& x) {
  constexpr double kAlpha = 1.6732632423543772848170429916717;
  constexpr double kScale = 1.0507009873554804934193349852946;
  return record_unary("Selu", x, Config::dict(),
                      [](const Tensor& in) { return elu_of(in, kAlpha) * kScale; });
}

Tensor gelu(const Tensor& x, GeluOptions options) {
  const bool approximate = options.approximate;
  return record_unary("Gelu", x, {{"approximate", approximate}}, [approximate](const Tensor& in) {
    if (!approximate) return in * 0.5 * (erf(in * (1 / std::numbers::sqrt2)) + 1);
    const double scale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
    return in * ((tanh((in + in * in * in * 0.044715) * scale) + 1) * 0.5);
  });
}

Tensor celu(const Tensor& x, CeluOptions options) {
  const double alpha = options.alpha;
  return record_unary("Celu", x, {{"alpha", alpha}}, [alpha](const Tensor& in) {
    return maximum(in, 0) + expm1(minimum(in, 0) / alpha) * alpha;
  });
}

Tensor glu(const Tensor& x, GluOptions options) {
  const int axis = options.axis;
  return record_unary("Glu", x, {{"axis", axis}},
                      [axis](const Tensor& in) { return glu_of(in, axis); });
}

Tensor tanh_shrink(const Tensor& x) {
  return record_unary("TanhShrink", x, Config::dict(),
                      [](const Tensor& in) { return in - tanh(in); });
}

Tensor sparsemax(const Tensor& x, SparsemaxOptions options) {
  const int axis = options.axis;
  return record_unary("Sparsemax", x, {{"axis", axis}},
                      [axis](const Tensor& in) { return sparsemax_of(in, axis); });
}

}  // namespace keras::ops
