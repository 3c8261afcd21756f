#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_tensor;
using testing::kInf;
using testing::kNan;
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(Statistics, Reductions) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  const Tensor f = Tensor::of<float>({-kInf, -0.0f, 0.5f, kInf});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  expect_tensor(amax(x, {.axis = 1}), DType::kFloat32, {3}, {1.25f, 1, 0.75f});
  expect_tensor(amin(w, {.axis = {0, 2}, .keepdims = true}), DType::kFloat32, {1, 3, 1},
                {-1.25f, -1, -1.25f});
  expect_tensor(ptp(x, {.axis = 0}), DType::kFloat32, {4}, {1.5f, 1.5f, 1.5f, 2.5f});
  expect_tensor(logsumexp(x, {.axis = 1}), DType::kFloat32, {3},
                {1.7970951f, 1.7001327f, 1.2669997f});
  expect_tensor(logsumexp(f), DType::kFloat32, {}, {kInf});
  expect_tensor(logsumexp(w, {.axis = {0, 2}, .keepdims = true}), DType::kFloat32, {1, 3, 1},
                {2.5696859f, 2.3058996f, 2.1259923f});
  expect_tensor(count_nonzero(x, {.axis = 0}), DType::kInt32, {4}, {3, 3, 3, 2});
  expect_tensor(average(x, {.axis = 0}), DType::kFloat32, {4},
                {-0.66666669f, 0.16666667f, 0.083333336f, 0});
  expect_tensor(average(x, {.axis = 1, .weights = slice(v, {0}, {4}) + 2}), DType::kFloat32, {3},
                {0.453125f, -0.0234375f, -0.4140625f});
  expect_tensor(average(x, {.weights = flipud(x) + 2}), DType::kFloat32, {}, {-0.021978023f});
  expect_tensor(diff(x, {.n = 2}), DType::kFloat32, {3, 2},
                {-2.75f, 2.75f, 2.75f, -2.75f, -2.75f, 0});
  expect_tensor(diff(i, {.axis = 0}), DType::kInt32, {2}, {-3, 2});
  expect_tensor(trapezoid(x, {.dx = 0.5}), DType::kFloat32, {3}, {0, 0.1875f, -0.3125f});
  expect_tensor(trapezoid(x, {.x = cumsum(square(slice(v, {0}, {4})), {.axis = 0})}),
                DType::kFloat32, {3}, {0.4921875f, 0.75f, -1.140625f});
  expect_tensor(bincount(i, {.minlength = 6}), DType::kInt32, {6}, {1, 0, 1, 1, 0, 0});
  expect_tensor(bincount(i, {.weights = slice(v, {0}, {3})}), DType::kFloat32, {4},
                {0.5f, 0, -0.5f, -1.25f});
  expect_tensor(histogram(ravel(x), {.bins = 4}).counts, DType::kFloat32, {4}, {4, 2, 3, 3});
  expect_tensor(histogram(ravel(x), {.bins = 4}).bin_edges, DType::kFloat32, {5},
                {-1.25f, -0.625f, 0, 0.625f, 1.25f});
  expect_tensor(histogram(ravel(x), {.bins = 4, .range = {{-1, 1}}}).counts, DType::kFloat32, {4},
                {2, 2, 2, 3});
}

TEST(Statistics, WithoutNan) {
  const Tensor nm = Tensor::from(std::vector<float>{1, kNan, 3, kNan, kNan, kNan, 4, 2, 0}, {3, 3});
  expect_tensor(nansum(nm, {.axis = 1}), DType::kFloat32, {3}, {4, 0, 6});
  expect_tensor(nanprod(nm), DType::kFloat32, {}, {0});
  expect_tensor(nanmean(nm, {.axis = 0}), DType::kFloat32, {3}, {2.5f, 2, 1.5f});
  expect_tensor(nanmean(nm, {.axis = 1}), DType::kFloat32, {3}, {2, kNan, 2});
  expect_tensor(nanvar(nm, {.axis = 0, .keepdims = true}), DType::kFloat32, {1, 3},
                {2.25f, 0, 2.25f});
  expect_tensor(nanstd(nm), DType::kFloat32, {}, {1.4142135f});
  expect_tensor(nanmax(nm, {.axis = 1}), DType::kFloat32, {3}, {3, kNan, 4});
  expect_tensor(nanmin(nm, {.axis = 0}), DType::kFloat32, {3}, {1, 2, 0});
  expect_tensor(nanargmax(nm, {.axis = 1}), DType::kInt32, {3}, {2, -1, 0});
  expect_tensor(nanargmin(nm, {.axis = 0}), DType::kInt32, {3}, {0, 2, 2});
  expect_tensor(nancumsum(nm, {.axis = 0}), DType::kFloat32, {3, 3}, {1, 0, 3, 1, 0, 3, 5, 2, 3});
  expect_tensor(nancumprod(nm), DType::kFloat32, {9}, {1, 1, 3, 3, 3, 3, 12, 24, 0});
}

TEST(Statistics, Quantiles) {
  const Tensor x = ramp({3, 4});
  const Tensor w = ramp({2, 3, 4});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor nm = Tensor::from(std::vector<float>{1, kNan, 3, kNan, kNan, kNan, 4, 2, 0}, {3, 3});
  expect_tensor(median(x), DType::kFloat32, {}, {-0.125f});
  expect_tensor(median(x, {.axis = 1}), DType::kFloat32, {3}, {0, 0.125f, -0.625f});
  expect_tensor(median(n), DType::kFloat32, {}, {kNan});
  expect_tensor(median(i), DType::kFloat32, {}, {2});
  expect_tensor(nanmedian(nm, {.axis = 1}), DType::kFloat32, {3}, {2, kNan, 2});
  expect_tensor(quantile(x, 0.3), DType::kFloat32, {}, {-0.67499995f});
  expect_tensor(quantile(w, Tensor::of<float>({0.1f, 0.75f}), {.axis = {0, 2}, .keepdims = true}),
                DType::kFloat32, {2, 1, 3, 1},
                {-0.72500002f, -0.82499999f, -1.25f, 0.6875f, 0.4375f, 0.5625f});
  expect_tensor(quantile(x, 0.4, {.method = "lower"}), DType::kFloat32, {}, {-0.5f});
  expect_tensor(quantile(x, 0.4, {.method = "higher"}), DType::kFloat32, {}, {-0.25f});
  expect_tensor(quantile(x, 0.4, {.method = "nearest"}), DType::kFloat32, {}, {-0.5f});
  expect_tensor(quantile(x, 0.4, {.method = "midpoint"}), DType::kFloat32, {}, {-0.375f});
  expect_tensor(percentile(x, 30, {.axis = 0}), DType::kFloat32, {4},
                {-1.1f, -4.4703484e-08f, -0.35000002f, -0.50000006f});
  expect_tensor(nanquantile(nm, 0.3, {.axis = 0}), DType::kFloat32, {3},
                {1.9000001f, 2, 0.90000004f});
  expect_tensor(nanpercentile(nm, 30), DType::kFloat32, {}, {1.1999999f});
}

TEST(Statistics, Gradients) {
  const Tensor x = distinct({3, 5});
  expect_gradients([](const Tensors& in) { return logsumexp(in[0], {.axis = 1}); }, {x});
  expect_gradients([](const Tensors& in) { return quantile(in[0], 0.3, {.axis = 0}); }, {x});
  expect_gradients([](const Tensors& in) { return average(in[0], {.axis = 1, .weights = in[1]}); },
                   {x, distinct({5}) + 3});
  expect_gradients([](const Tensors& in) { return nanvar(in[0]); }, {x});
}

TEST(Statistics, RunningProductsHaveGradientsPastZeros) {
  const auto slope = grad([](const Tensor& x) { return sum(cumprod(x)); });
  const CompiledFunction compiled([&](const Tensors& in) { return Tensors{slope(in[0])}; });
  const Tensor x = Tensor::of<float>({2, 0, 3, 4});
  expect_tensor(slope(x), DType::kFloat32, {4}, {1, 32, 0, 0});
  expect_tensor(compiled({x})[0], DType::kFloat32, {4}, {1, 32, 0, 0});
}

TEST(Statistics, RefusesBadArguments) {
  const Tensor x = ramp({2, 3});
  expect_error<ValueError>([&] { quantile(x, 0.5, {.method = "median"}); },
                           "Invalid method: median");
  expect_error<ValueError>([&] { average(x, {.axis = 1, .weights = ramp({2})}); }, "(2,)");
  expect_error<ValueError>([&] { bincount(Tensor::of<std::int32_t>({1, -1})); }, "negative");
  expect_error<ValueError>([&] { histogram(x); }, "(2, 3)");
}

}  // namespace
}  // namespace keras::ops
