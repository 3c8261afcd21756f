#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
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

TEST(Elementwise, Composites) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor f = Tensor::of<float>({-kInf, -0.0f, 0.5f, kInf});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor k =
      Tensor::from(std::vector<std::int32_t>{0, 2, 1, 1, 3, 3, 0, 1, 2, 0, 0, 2}, {3, 4});
  const Tensor y = flipud(ramp({3, 4}));
  expect_tensor(clip(x, -0.5, 1), DType::kFloat32, {3, 4},
                {-0.5f, 0.5f, -0.5f, 1, 0.25f, -0.5f, 1, 0, -0.5f, 0.75f, -0.25f, -0.5f});
  expect_tensor(clip(i, 1, 2), DType::kInt32, {3}, {2, 1, 2});
  expect_tensor(fabs(i), DType::kFloat32, {3}, {3, 0, 2});
  expect_tensor(exp2(x), DType::kFloat32, {3, 4},
                {0.42044821f, 1.4142135f, 0.70710677f, 2.3784142f, 1.1892071f, 0.59460354f, 2, 1,
                 0.5f, 1.6817929f, 0.84089643f, 0.42044821f});
  expect_tensor(cbrt(x), DType::kFloat32, {3, 4},
                {-1.0772173f, 0.79370052f, -0.79370052f, 1.0772173f, 0.62996054f, -0.90856028f, 1,
                 0, -1, 0.90856028f, -0.62996054f, -1.0772173f});
  expect_tensor(
      deg2rad(x), DType::kFloat32, {3, 4},
      {-0.021816615f, 0.0087266462f, -0.0087266462f, 0.021816615f, 0.0043633231f, -0.01308997f,
       0.017453292f, 0, -0.017453292f, 0.01308997f, -0.0043633231f, -0.021816615f});
  expect_tensor(rad2deg(x), DType::kFloat32, {3, 4},
                {-71.619728f, 28.64789f, -28.64789f, 71.619728f, 14.323945f, -42.971836f, 57.29578f,
                 0, -57.29578f, 42.971836f, -14.323945f, -71.619728f});
  expect_tensor(sinc(x), DType::kFloat32, {3, 4},
                {-0.18006328f, 0.63661975f, 0.63661975f, -0.18006328f, 0.9003163f, 0.30010542f,
                 -2.7827534e-08f, 1, -2.7827534e-08f, 0.30010542f, 0.9003163f, -0.18006328f});
  expect_tensor(isneginf(f), DType::kBool, {4}, {1, 0, 0, 0});
  expect_tensor(isposinf(f), DType::kBool, {4}, {0, 0, 0, 1});
  expect_tensor(signbit(f), DType::kBool, {4}, {1, 1, 0, 0});
  expect_tensor(divide_no_nan(x, zeros_like(x)), DType::kFloat32, {3, 4},
                {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  expect_tensor(divide_no_nan(x, y), DType::kFloat32, {3, 4},
                {1.25f, 0.66666669f, 2, -1, 1, 1, 1, 0, 0.80000001f, 1.5f, 0.5f, -1});
  expect_tensor(fmax(n, slice(v, {0}, {4})), DType::kFloat32, {4}, {1, 0.5f, 3, 2});
  expect_tensor(fmin(n, slice(v, {0}, {4})), DType::kFloat32, {4}, {-1.25f, 0.5f, -0.5f, 1.25f});
  expect_tensor(fmod(x, 0.7), DType::kFloat32, {3, 4},
                {-0.55000001f, 0.5f, -0.5f, 0.55000001f, 0.25f, -0.050000012f, 0.30000001f, 0,
                 -0.30000001f, 0.050000012f, -0.25f, -0.55000001f});
  expect_tensor(mod(x, 0.7), DType::kFloat32, {3, 4},
                {0.14999998f, 0.5f, 0.19999999f, 0.55000001f, 0.25f, 0.64999998f, 0.30000001f, 0,
                 0.39999998f, 0.050000012f, 0.44999999f, 0.14999998f});
  expect_tensor(hypot(x, y), DType::kFloat32, {3, 4},
                {1.6007811f, 0.90138781f, 0.559017f, 1.767767f, 0.35355338f, 1.0606601f, 1.4142135f,
                 0, 1.6007811f, 0.90138781f, 0.559017f, 1.767767f});
  expect_tensor(heaviside(x, 0.5), DType::kFloat32, {3, 4},
                {0, 1, 0, 1, 1, 0, 1, 0.5f, 0, 1, 0, 0});
  expect_tensor(ldexp(x, slice(k, {0, 0}, {1, 4})), DType::kFloat32, {3, 4},
                {-1.25f, 2, -1, 2.5f, 0.25f, -3, 2, 0, -1, 3, -0.5f, -2.5f});
  expect_tensor(logaddexp(x, y), DType::kFloat32, {3, 4},
                {-0.42406058f, 1.3259394f, 0.32593942f, 1.3288897f, 0.94314718f, -0.056852818f,
                 1.6931472f, 0.69314718f, -0.42406058f, 1.3259394f, 0.32593942f, 1.3288897f});
  expect_tensor(logaddexp(f, f), DType::kFloat32, {4}, {-kInf, 0.69314718f, 1.1931472f, kInf});
  expect_tensor(logaddexp2(x, y), DType::kFloat32, {3, 4},
                {-0.11959159f, 1.6304084f, 0.63040841f, 1.4848405f, 1.25f, 0.24999999f, 2, 1,
                 -0.11959159f, 1.6304084f, 0.63040841f, 1.4848405f});
  expect_tensor(isclose(n, n), DType::kBool, {4}, {1, 0, 1, 1});
  expect_tensor(isclose(n, n, {.equal_nan = true}), DType::kBool, {4}, {1, 1, 1, 1});
  expect_tensor(isclose(f, f), DType::kBool, {4}, {1, 1, 1, 1});
  expect_tensor(isclose(x, y, {.atol = 0.8}), DType::kBool, {3, 4},
                {1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0});
  expect_tensor(allclose(x, x), DType::kBool, {}, {1});
  expect_tensor(nan_to_num(f), DType::kFloat32, {4}, {-3.4028235e+38f, -0, 0.5f, 3.4028235e+38f});
  expect_tensor(nan_to_num(n, {.nan = 7}), DType::kFloat32, {4}, {1, 7, 3, 2});
  expect_tensor(nan_to_num(f, {.posinf = 9, .neginf = -9}), DType::kFloat32, {4},
                {-9, -0, 0.5f, 9});
  expect_tensor(select({greater(x, 0.5), less(x, 0)}, {x, y}), DType::kFloat32, {3, 4},
                {-1, 0, -0.25f, 1.25f, 0, -0.75f, 1, 0, -1.25f, 0.75f, -0.5f, 1.25f});
  expect_tensor(saturate_cast(Tensor::of<std::int32_t>({-5, 300, 7}), DType::kUint8), DType::kUint8,
                {3}, {0, 255, 7});
  expect_tensor(saturate_cast(f, DType::kInt8), DType::kInt8, {4}, {-128, 0, 0, 127});
  expect_tensor(erfc(x), DType::kFloat32, {3, 4},
                {1.9229001f, 0.47950017f, 1.5204998f, 0.077099875f, 0.72367358f, 1.7111555f,
                 0.15729924f, 1, 1.8427007f, 0.28884441f, 1.2763264f, 1.9229001f});
}

TEST(Elementwise, GradientsOfComposites) {
  const Tensor a = distinct({6}), b = distinct({2, 6}) * 0.7 + 0.05;
  expect_gradients([](const Tensors& in) { return clip(in[0], -1, 1); }, {a});
  expect_gradients([](const Tensors& in) { return sinc(in[0]); }, {a});
  expect_gradients([](const Tensors& in) { return logaddexp(in[0], in[1]); }, {a, b});
  expect_gradients([](const Tensors& in) { return hypot(in[0], in[1]); }, {a, b});
  expect_gradients([](const Tensors& in) { return divide_no_nan(in[0], in[1]); }, {a, b});
  expect_gradients([](const Tensors& in) { return fmod(in[0], in[1]); }, {a, b});
}

TEST(Elementwise, RefusesBadArguments) {
  const Tensor x = ramp({2});
  expect_error<ValueError>([&] { select({x}, {x, x}); }, "received 1 and 2");
}

}  // namespace
}  // namespace keras::ops
