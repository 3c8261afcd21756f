#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/random/draws.h"
#include "keras/random/random.h"

namespace keras::random {
namespace {

/// A round accepts 95 of 100 proposals or more, so that one of 2.5e10 numbers is left.
constexpr int kRounds = 8;

/// The logarithms of gamma variables, by the method of G. Marsaglia and W. Tsang, "A simple method
/// for generating gamma variables" (2000); below 1, where they become too small for a float, by way
/// of alpha + 1.
Tensor log_gamma_variables(const Shape& shape, const Tensor& alpha, Draws& draws) {
  const Tensor small = ops::less(alpha, 1.0);
  const Tensor d = ops::where(small, alpha + 1.0, alpha) - 1.0 / 3;
  const Tensor c = ops::rsqrt(d * 9.0);
  Tensor found = ops::broadcast_to(ops::log(d), shape);
  Tensor open = ops::ones(shape, DType::kBool);
  for (int round = 0; round < kRounds; ++round) {
    const Tensor x = draws.normal(shape);
    const Tensor root = c * x + 1.0;
    const Tensor log_v = ops::log(ops::maximum(root, 1e-30)) * 3.0;
    const Tensor limit = ops::square(x) * 0.5 + d - d * ops::exp(log_v) + d * log_v;
    const Tensor accepted =
        ops::logical_and(ops::greater(root, 0.0), ops::less(ops::log(draws.uniform(shape)), limit));
    found = ops::where(ops::logical_and(open, accepted), ops::log(d) + log_v, found);
    open = ops::logical_and(open, ops::logical_not(accepted));
  }
  const Tensor shrink = ops::log(draws.uniform(shape)) / alpha;
  return ops::where(small, found + shrink, found);
}

}  // namespace

Tensor gamma(const Shape& shape, const Tensor& alpha, GammaOptions options) {
  const DType dtype = float_dtype(options.dtype);
  Draws draws(options.seed);
  return ops::cast(ops::exp(log_gamma_variables(shape, ops::cast(alpha, DType::kFloat32), draws)),
                   dtype);
}

Tensor beta(const Shape& shape, const Tensor& alpha, const Tensor& beta, GammaOptions options) {
  const DType dtype = float_dtype(options.dtype);
  Draws draws(options.seed);
  const Tensor a = log_gamma_variables(shape, ops::cast(alpha, DType::kFloat32), draws);
  const Tensor b = log_gamma_variables(shape, ops::cast(beta, DType::kFloat32), draws);
  // a / (a + b), of numbers that may be too small for a float.
  return ops::cast(1.0 / (ops::exp(ops::clip(b - a, -80.0, 80.0)) + 1.0), dtype);
}

}  // namespace keras::random
