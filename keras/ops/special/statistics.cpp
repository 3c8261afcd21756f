#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"
#include "keras/ops/special.h"

namespace keras::ops {
namespace {

/// Points of the integral below, enough for all that a double can hold.
constexpr int kPoints = 128;

std::vector<double> cosines() {
  std::vector<double> values;
  for (int i = 0; i < kPoints; ++i)
    values.push_back(std::cos(std::numbers::pi * (i + 0.5) / kPoints));
  return values;
}

/// The mean of exp(x · cos t) over half a circle, whose midpoint rule converges faster than any
/// power of the number of points.
Tensor bessel(const Tensor& x) {
  const Tensor steps = Tensor::from(cosines(), {kPoints});
  const Tensor wide = expand_dims(cast(x, DType::kFloat64), {.axis = -1});
  return cast(mean(exp(wide * steps), {.axis = -1}), to_float_dtype(x.dtype()));
}

double bessel(double x) {
  double total = 0;
  for (const double step : cosines()) total += std::exp(x * step);
  return total / kPoints;
}

Tensor coefficients(const Tensor& given) {
  const Tensor x = cast(given, to_float_dtype(given.dtype()));
  const Tensor rows = x.rank() == 1 ? expand_dims(x, {.axis = 0}) : x;
  const Tensor apart = rows - mean(rows, {.axis = 1, .keepdims = true});
  const Tensor products = matmul(apart, transpose(apart));
  const Tensor lengths = sqrt(diagonal(products));
  const Tensor c = products / expand_dims(lengths, {.axis = 1}) / expand_dims(lengths, {.axis = 0});
  const Tensor inside = clip(c, -1.0, 1.0);
  return x.rank() == 1 ? reshape(inside, {}) : inside;
}

Tensor sums_of_products(const Tensor& x1, const Tensor& x2, const std::string& mode) {
  const DType dtype = to_float_dtype(promote(x1.dtype(), x2.dtype()));
  Tensor longer = cast(x1, dtype), shorter = cast(x2, dtype);
  const bool swapped = longer.size() < shorter.size();
  if (swapped) std::swap(longer, shorter);
  const std::int64_t count = shorter.size();
  if (mode == "full") longer = pad(longer, {{count - 1, count - 1}});
  if (mode == "same") longer = pad(longer, {{count / 2, count - count / 2 - 1}});
  const Tensor sums = conv(reshape(longer, {1, -1, 1}), reshape(shorter, {count, 1, 1}),
                           {.data_format = "channels_last"});
  const Tensor out = reshape(sums, {-1});
  return swapped ? flip(out) : out;
}

}  // namespace

Tensor i0(const Tensor& x) {
  return call_or_record("I0", {x}, Config::dict(), [](const Tensors& in) { return bessel(in[0]); });
}

Tensor kaiser(std::int64_t x, double beta) {
  std::vector<float> values;
  const double middle = static_cast<double>(x - 1) / 2;
  for (std::int64_t i = 0; i < x; ++i) {
    const double at = middle == 0 ? 0 : (static_cast<double>(i) - middle) / middle;
    values.push_back(
        static_cast<float>(bessel(beta * std::sqrt(std::max(0.0, 1 - at * at))) / bessel(beta)));
  }
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

Tensor corrcoef(const Tensor& x) {
  if (x.rank() != 1 && x.rank() != 2)
    throw ShapeError(str("corrcoef takes one or two axes. Received: x.shape=", x.shape()));
  return call_or_record("Corrcoef", {x}, Config::dict(),
                        [](const Tensors& in) { return coefficients(in[0]); });
}

Tensor correlate(const Tensor& x1, const Tensor& x2, CorrelateOptions options) {
  if (x1.rank() != 1 || x2.rank() != 1)
    throw ShapeError(
        str("correlate takes vectors. Received: x1.shape=", x1.shape(), ", x2.shape=", x2.shape()));
  if (options.mode != "valid" && options.mode != "same" && options.mode != "full")
    throw ValueError(
        str("`mode` must be \"valid\", \"same\" or \"full\". Received: mode=", options.mode));
  return call_or_record(
      "Correlate", {x1, x2}, {{"mode", options.mode}},
      [mode = options.mode](const Tensors& in) { return sums_of_products(in[0], in[1], mode); });
}

}  // namespace keras::ops
