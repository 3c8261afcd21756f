#include "keras/ops/numpy.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/ops/core.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_tensor;
using testing::kInf;
using testing::kNan;
using testing::ramp;

// Expected values and dtypes: Keras 3.15 on JAX.

TEST(Binary, FloatsAndBroadcasting) {
  const Tensor x = ramp({3, 4});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor f = Tensor::of<float>({-kInf, -0.0f, 0.5f, kInf});
  const Tensor u = Tensor::of<float>({0.5f, 1.5f, 2, 3.25f});
  expect_tensor(add(x, u), DType::kFloat32, {3, 4},
                {-0.75f, 2, 1.5f, 4.5f, 0.75f, 0.75f, 3, 3.25f, -0.5f, 2.25f, 1.75f, 2});
  expect_tensor(subtract(x, u), DType::kFloat32, {3, 4},
                {-1.75f, -1, -2.5f, -2, -0.25f, -2.25f, -1, -3.25f, -1.5f, -0.75f, -2.25f, -4.5f});
  expect_tensor(multiply(x, 2), DType::kFloat32, {3, 4},
                {-2.5f, 1, -1, 2.5f, 0.5f, -1.5f, 2, 0, -2, 1.5f, -0.5f, -2.5f});
  expect_tensor(divide(x, u), DType::kFloat32, {3, 4},
                {-2.5f, 0.33333334f, -0.25f, 0.38461539f, 0.5f, -0.5f, 0.5f, 0, -2, 0.5f, -0.125f,
                 -0.38461539f});
  expect_tensor(floor_divide(x, 0.4), DType::kFloat32, {3, 4},
                {-4, 1, -2, 3, 0, -2, 2, 0, -3, 1, -1, -4});
  expect_tensor(
      power(x, 2), DType::kFloat32, {3, 4},
      {1.5625f, 0.25f, 0.25f, 1.5625f, 0.0625f, 0.5625f, 1, 0, 1, 0.5625f, 0.0625f, 1.5625f});
  expect_tensor(power(u, x), DType::kFloat32, {3, 4},
                {2.3784142f, 1.2247449f, 0.70710677f, 4.3636932f, 0.84089643f, 0.73778796f, 2, 1, 2,
                 1.3554029f, 0.84089643f, 0.22916369f});
  expect_tensor(maximum(x, 0.3), DType::kFloat32, {3, 4},
                {0.30000001f, 0.5f, 0.30000001f, 1.25f, 0.30000001f, 0.30000001f, 1, 0.30000001f,
                 0.30000001f, 0.75f, 0.30000001f, 0.30000001f});
  expect_tensor(minimum(n, 2), DType::kFloat32, {4}, {1, kNan, 2, 2});
  expect_tensor(maximum(n, f), DType::kFloat32, {4}, {1, kNan, 3, kInf});
  expect_tensor(arctan2(x, u), DType::kFloat32, {3, 4},
                {-1.19029f, 0.32175055f, -0.24497867f, 0.36717385f, 0.4636476f, -0.4636476f,
                 0.4636476f, 0, -1.1071488f, 0.4636476f, -0.124355f, -0.36717385f});
  expect_tensor(where(greater(x, 0), x, u), DType::kFloat32, {3, 4},
                {0.5f, 0.5f, 2, 1.25f, 0.25f, 1.5f, 1, 3.25f, 0.5f, 0.75f, 2, 3.25f});
  expect_tensor(where(greater(x, 0), x, 0), DType::kFloat32, {3, 4},
                {0, 0.5f, 0, 1.25f, 0.25f, 0, 1, 0, 0, 0.75f, 0, 0});
}

TEST(Binary, IntegersAndBools) {
  const Tensor x = ramp({3, 4});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor j = cast(Tensor::of<std::int32_t>({2, 1, 3}), DType::kInt16);
  const Tensor b = Tensor::from(std::vector<bool>{true, false, true}, {3});
  const Tensor o = Tensor::of<std::uint8_t>({1, 200, 7});
  const Tensor h = cast(Tensor::of<float>({0.5f, 1.5f, -2}), DType::kFloat16);
  expect_tensor(add(i, j), DType::kInt32, {3}, {5, 1, 5});
  expect_tensor(add(i, 1), DType::kInt32, {3}, {4, 1, 3});
  expect_tensor(add(b, b), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(add(b, 1), DType::kInt32, {3}, {2, 1, 2});
  expect_tensor(add(i, 0.5), DType::kFloat32, {3}, {3.5f, 0.5f, 2.5f});
  expect_tensor(add(h, i), DType::kFloat16, {3}, {3.5f, 1.5f, 0});
  expect_tensor(add(h, slice(x, {0, 0}, {1, 3})), DType::kFloat32, {1, 3}, {-0.75f, 2, -2.5f});
  expect_tensor(subtract(o, j), DType::kInt16, {3}, {-1, 199, 4});
  expect_tensor(multiply(b, i), DType::kInt32, {3}, {3, 0, 2});
  expect_tensor(multiply(b, b), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(divide(i, j), DType::kFloat32, {3}, {1.5f, 0, 0.66666669f});
  expect_tensor(true_divide(b, 2), DType::kFloat32, {3}, {0.5f, 0, 0.5f});
  expect_tensor(floor_divide(i - 5, j), DType::kInt32, {3}, {-1, -5, -1});
  expect_tensor(mod(i - 5, j), DType::kInt32, {3}, {0, 0, 0});
  expect_tensor(floor_divide(i, 2.0), DType::kFloat32, {3}, {1, 0, 1});
  expect_tensor(power(i, 2), DType::kInt32, {3}, {9, 0, 4});
  expect_tensor(power(i, j), DType::kInt32, {3}, {9, 0, 8});
  expect_tensor(maximum(i, j), DType::kInt32, {3}, {3, 1, 3});
  expect_tensor(minimum(b, i), DType::kInt32, {3}, {1, 0, 1});
  expect_tensor(equal(i, j), DType::kBool, {3}, {0, 0, 0});
  expect_tensor(not_equal(i, 2), DType::kBool, {3}, {1, 1, 0});
  expect_tensor(less(o, j), DType::kBool, {3}, {1, 0, 0});
  expect_tensor(greater_equal(i, 0.5), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(logical_and(i, b), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(logical_or(i, b), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(logical_xor(x, 1), DType::kBool, {3, 4}, {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
  expect_tensor(logical_not(i), DType::kBool, {3}, {0, 1, 0});
  expect_tensor(bitwise_and(i, j), DType::kInt32, {3}, {2, 0, 2});
  expect_tensor(bitwise_or(i, j), DType::kInt32, {3}, {3, 1, 3});
  expect_tensor(bitwise_xor(i, 1), DType::kInt32, {3}, {2, 1, 3});
  expect_tensor(bitwise_not(i), DType::kInt32, {3}, {-4, -1, -3});
  expect_tensor(left_shift(i, 2), DType::kInt32, {3}, {12, 0, 8});
  expect_tensor(right_shift(i, j), DType::kInt32, {3}, {0, 0, 0});
  expect_tensor(where(b, i, j), DType::kInt32, {3}, {3, 1, 2});
  expect_tensor(where(b, i, 0.5), DType::kFloat32, {3}, {3, 0.5f, 2});
  expect_tensor(where(b, o, j), DType::kInt16, {3}, {1, 1, 7});
  expect_tensor(arctan2(i, j), DType::kFloat32, {3}, {0.98279375f, 0, 0.58800262f});
}

TEST(Unary, Floats) {
  const Tensor x = ramp({3, 4});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor u = Tensor::of<float>({0.5f, 1.5f, 2, 3.25f});
  expect_tensor(negative(x), DType::kFloat32, {3, 4},
                {1.25f, -0.5f, 0.5f, -1.25f, -0.25f, 0.75f, -1, -0, 1, -0.75f, 0.25f, 1.25f});
  expect_tensor(absolute(x), DType::kFloat32, {3, 4},
                {1.25f, 0.5f, 0.5f, 1.25f, 0.25f, 0.75f, 1, 0, 1, 0.75f, 0.25f, 1.25f});
  expect_tensor(sign(n), DType::kFloat32, {4}, {1, kNan, 1, 1});
  expect_tensor(
      square(x), DType::kFloat32, {3, 4},
      {1.5625f, 0.25f, 0.25f, 1.5625f, 0.0625f, 0.5625f, 1, 0, 1, 0.5625f, 0.0625f, 1.5625f});
  expect_tensor(exp(x), DType::kFloat32, {3, 4},
                {0.28650481f, 1.6487212f, 0.60653067f, 3.4903429f, 1.2840254f, 0.47236654f,
                 2.7182817f, 1, 0.36787945f, 2.1170001f, 0.77880079f, 0.28650481f});
  expect_tensor(expm1(x), DType::kFloat32, {3, 4},
                {-0.71349519f, 0.64872128f, -0.39346933f, 2.4903429f, 0.2840254f, -0.52763343f,
                 1.7182817f, 0, -0.63212055f, 1.1170001f, -0.2211992f, -0.71349519f});
  expect_tensor(log(x), DType::kFloat32, {3, 4},
                {kNan, -0.69314718f, kNan, 0.22314355f, -1.3862944f, kNan, 0, -kInf, kNan,
                 -0.28768209f, kNan, kNan});
  expect_tensor(log1p(x), DType::kFloat32, {3, 4},
                {kNan, 0.4054651f, -0.69314718f, 0.81093019f, 0.22314355f, -1.3862944f, 0.69314718f,
                 0, -kInf, 0.55961579f, -0.28768206f, kNan});
  expect_tensor(log2(u), DType::kFloat32, {4}, {-1, 0.58496249f, 1, 1.7004397f});
  expect_tensor(log10(u), DType::kFloat32, {4},
                {-0.30103001f, 0.17609125f, 0.30103001f, 0.51188338f});
  expect_tensor(
      sqrt(x), DType::kFloat32, {3, 4},
      {kNan, 0.70710677f, kNan, 1.118034f, 0.5f, kNan, 1, 0, kNan, 0.86602539f, kNan, kNan});
  expect_tensor(rsqrt(u), DType::kFloat32, {4}, {1.4142135f, 0.81649655f, 0.70710677f, 0.5547002f});
  expect_tensor(reciprocal(x), DType::kFloat32, {3, 4},
                {-0.80000001f, 2, -2, 0.80000001f, 4, -1.3333334f, 1, kInf, -1, 1.3333334f, -4,
                 -0.80000001f});
  expect_tensor(sin(x), DType::kFloat32, {3, 4},
                {-0.94898462f, 0.47942555f, -0.47942555f, 0.94898462f, 0.24740396f, -0.68163878f,
                 0.84147096f, 0, -0.84147096f, 0.68163878f, -0.24740396f, -0.94898462f});
  expect_tensor(cos(x), DType::kFloat32, {3, 4},
                {0.31532237f, 0.87758255f, 0.87758255f, 0.31532237f, 0.96891242f, 0.73168886f,
                 0.54030228f, 1, 0.54030228f, 0.73168886f, 0.96891242f, 0.31532237f});
  expect_tensor(tan(x), DType::kFloat32, {3, 4},
                {-3.0095696f, 0.5463025f, -0.5463025f, 3.0095696f, 0.25534192f, -0.93159646f,
                 1.5574077f, 0, -1.5574077f, 0.93159646f, -0.25534192f, -3.0095696f});
  expect_tensor(arcsin(x), DType::kFloat32, {3, 4},
                {kNan, 0.52359879f, -0.52359879f, kNan, 0.25268024f, -0.8480621f, 1.5707964f, 0,
                 -1.5707964f, 0.8480621f, -0.25268024f, kNan});
  expect_tensor(arccos(x), DType::kFloat32, {3, 4},
                {kNan, 1.0471976f, 2.0943952f, kNan, 1.3181161f, 2.4188585f, 0, 1.5707964f,
                 3.1415927f, 0.72273421f, 1.8234766f, kNan});
  expect_tensor(arctan(x), DType::kFloat32, {3, 4},
                {-0.8960554f, 0.46364754f, -0.46364754f, 0.8960554f, 0.24497868f, -0.64350116f,
                 0.78539813f, 0, -0.78539813f, 0.64350116f, -0.24497868f, -0.8960554f});
  expect_tensor(sinh(x), DType::kFloat32, {3, 4},
                {-1.6019191f, 0.52109534f, -0.52109528f, 1.6019191f, 0.25261229f, -0.82231671f,
                 1.1752012f, 0, -1.1752012f, 0.82231677f, -0.25261229f, -1.6019191f});
  expect_tensor(cosh(x), DType::kFloat32, {3, 4},
                {1.8884238f, 1.1276259f, 1.1276259f, 1.8884238f, 1.0314131f, 1.2946833f, 1.5430806f,
                 1, 1.5430806f, 1.2946833f, 1.0314131f, 1.8884238f});
  expect_tensor(tanh(x), DType::kFloat32, {3, 4},
                {-0.84828365f, 0.46211717f, -0.46211717f, 0.84828365f, 0.24491866f, -0.635149f,
                 0.76159418f, 0, -0.76159418f, 0.635149f, -0.24491866f, -0.84828365f});
  expect_tensor(arcsinh(x), DType::kFloat32, {3, 4},
                {-1.047593f, 0.48121184f, -0.48121184f, 1.047593f, 0.24746647f, -0.69314718f,
                 0.88137364f, 0, -0.88137364f, 0.69314718f, -0.24746647f, -1.047593f});
  expect_tensor(arccosh(u), DType::kFloat32, {4}, {kNan, 0.96242362f, 1.316958f, 1.8472461f});
  expect_tensor(arctanh(x), DType::kFloat32, {3, 4},
                {kNan, 0.54930615f, -0.54930615f, kNan, 0.25541282f, -0.97295511f, kInf, 0, -kInf,
                 0.97295511f, -0.25541282f, kNan});
  expect_tensor(erf(x), DType::kFloat32, {3, 4},
                {-0.92290008f, 0.52049989f, -0.52049989f, 0.92290008f, 0.27632636f, -0.71115559f,
                 0.84270084f, 0, -0.84270084f, 0.71115559f, -0.27632636f, -0.92290008f});
}

TEST(Unary, RoundingAndPredicates) {
  const Tensor x = ramp({3, 4});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor f = Tensor::of<float>({-kInf, -0.0f, 0.5f, kInf});
  expect_tensor(floor(x), DType::kFloat32, {3, 4}, {-2, 0, -1, 1, 0, -1, 1, 0, -1, 0, -1, -2});
  expect_tensor(ceil(x), DType::kFloat32, {3, 4}, {-1, 1, -0, 2, 1, -0, 1, 0, -1, 1, -0, -1});
  expect_tensor(trunc(x), DType::kFloat32, {3, 4}, {-1, 0, -0, 1, 0, -0, 1, 0, -1, 0, -0, -1});
  expect_tensor(round(x * 2), DType::kFloat32, {3, 4}, {-2, 1, -1, 2, 0, -2, 2, 0, -2, 2, -0, -2});
  expect_tensor(
      round(x, 1), DType::kFloat32, {3, 4},
      {-1.2f, 0.5f, -0.5f, 1.2f, 0.2f, -0.80000001f, 1, 0, -1, 0.80000001f, -0.2f, -1.2f});
  expect_tensor(isfinite(f), DType::kBool, {4}, {0, 1, 1, 0});
  expect_tensor(isnan(n), DType::kBool, {4}, {0, 1, 0, 0});
  expect_tensor(isinf(f), DType::kBool, {4}, {1, 0, 0, 1});
}

TEST(Unary, Integers) {
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor j = cast(Tensor::of<std::int32_t>({2, 1, 3}), DType::kInt16);
  const Tensor b = Tensor::from(std::vector<bool>{true, false, true}, {3});
  const Tensor h = cast(Tensor::of<float>({0.5f, 1.5f, -2}), DType::kFloat16);
  expect_tensor(negative(i), DType::kInt32, {3}, {-3, 0, -2});
  expect_tensor(absolute(i - 2), DType::kInt32, {3}, {1, 2, 0});
  expect_tensor(absolute(b), DType::kBool, {3}, {1, 0, 1});
  expect_tensor(sign(i), DType::kInt32, {3}, {1, 0, 1});
  expect_tensor(square(b), DType::kInt32, {3}, {1, 0, 1});
  expect_tensor(square(h), DType::kFloat16, {3}, {0.25f, 2.25f, 4});
  expect_tensor(exp(i), DType::kFloat32, {3}, {20.085537f, 1, 7.3890562f});
  expect_tensor(sqrt(i), DType::kFloat32, {3}, {1.7320508f, 0, 1.4142135f});
  expect_tensor(tanh(b), DType::kFloat32, {3}, {0.76159418f, 0, 0.76159418f});
  expect_tensor(floor(i), DType::kFloat32, {3}, {3, 0, 2});
  expect_tensor(ceil(i), DType::kFloat32, {3}, {3, 0, 2});
  expect_tensor(trunc(i), DType::kInt32, {3}, {3, 0, 2});
  expect_tensor(round(i), DType::kInt32, {3}, {3, 0, 2});
  expect_tensor(reciprocal(j), DType::kFloat32, {3}, {0.5f, 1, 0.33333334f});
  expect_tensor(isnan(i), DType::kBool, {3}, {0, 0, 0});
}

TEST(Reduce, Floats) {
  const Tensor x = ramp({3, 4});
  const Tensor w = ramp({2, 3, 4});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  expect_tensor(sum(x), DType::kFloat32, {}, {-1.25f});
  expect_tensor(sum(w, {.axis = {0, -1}}), DType::kFloat32, {3}, {1.5f, -0.25f, -2});
  expect_tensor(sum(w, {.axis = 1, .keepdims = true}), DType::kFloat32, {2, 1, 4},
                {-2, 0.5f, 0.25f, 0, 0.5f, 0.25f, 0, -0.25f});
  expect_tensor(prod(x, {.axis = 0}), DType::kFloat32, {4}, {0.3125f, -0.28125f, 0.125f, -0});
  expect_tensor(max(w, {.axis = 1}), DType::kFloat32, {2, 4},
                {0.25f, 0.75f, 1, 1.25f, 0.75f, 1, 1.25f, 0.5f});
  expect_tensor(min(n), DType::kFloat32, {}, {kNan});
  expect_tensor(mean(x, {.axis = 1}), DType::kFloat32, {3}, {0, 0.125f, -0.4375f});
  expect_tensor(var(x, {.axis = 1}), DType::kFloat32, {3}, {0.90625f, 0.390625f, 0.60546875f});
  expect_tensor(std(x), DType::kFloat32, {}, {0.8320303f});
  expect_tensor(any(x, {.axis = 0}), DType::kBool, {4}, {1, 1, 1, 1});
  expect_tensor(all(x, {.axis = 1, .keepdims = true}), DType::kBool, {3, 1}, {1, 0, 1});
  expect_tensor(argmax(x), DType::kInt32, {}, {3});
  expect_tensor(argmax(x, {.axis = 0}), DType::kInt32, {4}, {1, 2, 1, 0});
  expect_tensor(argmin(x, {.axis = 1, .keepdims = true}), DType::kInt32, {3, 1}, {0, 1, 3});
  expect_tensor(argmax(n), DType::kInt32, {}, {1});
  expect_tensor(cumsum(x), DType::kFloat32, {12},
                {-1.25f, -0.75f, -1.25f, 0, 0.25f, -0.5f, 0.5f, 0.5f, -0.5f, 0.25f, 0, -1.25f});
  expect_tensor(cumsum(x, {.axis = 0}), DType::kFloat32, {3, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, -1, -0.25f, 0.5f, 1.25f, -2, 0.5f, 0.25f, 0});
  expect_tensor(cumprod(x, {.axis = 1}), DType::kFloat32, {3, 4},
                {-1.25f, -0.625f, 0.3125f, 0.390625f, 0.25f, -0.1875f, -0.1875f, -0, -1, -0.75f,
                 0.1875f, -0.234375f});
}

TEST(Reduce, ExtremaWithAnInitialValue) {
  const Tensor x = Tensor::from(std::vector<float>{1, 5, -2, 3}, {2, 2});
  EXPECT_EQ(max(x, {.axis = 1, .initial = 4}).to_vector<float>(), (std::vector<float>{5, 4}));
  EXPECT_EQ(min(x, {.axis = 0, .keepdims = true, .initial = 0}).to_vector<float>(),
            (std::vector<float>{-2, 0}));
  EXPECT_EQ(max(Tensor::of<std::int32_t>({1, 2}), {.initial = 7}).dtype(), DType::kInt32);
}

TEST(Reduce, Integers) {
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor b = Tensor::from(std::vector<bool>{true, false, true}, {3});
  const Tensor o = Tensor::of<std::uint8_t>({1, 200, 7});
  const Tensor h = cast(Tensor::of<float>({0.5f, 1.5f, -2}), DType::kFloat16);
  expect_tensor(sum(i), DType::kInt32, {}, {5});
  expect_tensor(sum(b), DType::kInt32, {}, {2});
  expect_tensor(sum(o), DType::kUint32, {}, {208});
  expect_tensor(prod(i), DType::kInt32, {}, {0});
  expect_tensor(prod(b), DType::kInt32, {}, {0});
  expect_tensor(max(i), DType::kInt32, {}, {3});
  expect_tensor(max(b), DType::kBool, {}, {1});
  expect_tensor(mean(i), DType::kFloat32, {}, {1.6666667f});
  expect_tensor(mean(b), DType::kFloat32, {}, {0.66666669f});
  expect_tensor(var(i), DType::kFloat32, {}, {1.5555557f});
  expect_tensor(std(i), DType::kFloat32, {}, {1.2472192f});
  expect_tensor(cumsum(b, {.axis = 0}), DType::kInt32, {3}, {1, 1, 2});
  expect_tensor(cumsum(o, {.axis = 0}), DType::kUint8, {3}, {1, 201, 208});
  expect_tensor(mean(h), DType::kFloat16, {}, {0});
  expect_tensor(sum(h), DType::kFloat16, {}, {0});
}

TEST(Layout, Shapes) {
  const Tensor x = ramp({3, 4});
  const Tensor w = ramp({2, 3, 4});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor u = Tensor::of<float>({0.5f, 1.5f, 2, 3.25f});
  const Tensor i4 = Tensor::from(std::vector<std::int32_t>{1, 2, 3, 4}, {1, 4});
  expect_tensor(reshape(x, {2, -1}), DType::kFloat32, {2, 6},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(transpose(x), DType::kFloat32, {4, 3},
                {-1.25f, 0.25f, -1, 0.5f, -0.75f, 0.75f, -0.5f, 1, -0.25f, 1.25f, 0, -1.25f});
  expect_tensor(
      transpose(w, {.axes = {1, 2, 0}}), DType::kFloat32, {3, 4, 2},
      {-1.25f, 0.5f, 0.5f, -0.5f, -0.5f, 1.25f, 1.25f, 0.25f,  0.25f,  -0.75f, -0.75f, 1,
       1,      0,    0,    -1,    -1,    0.75f, 0.75f, -0.25f, -0.25f, -1.25f, -1.25f, 0.5f});
  expect_tensor(broadcast_to(u, {2, 3, 4}), DType::kFloat32, {2, 3, 4},
                {0.5f, 1.5f, 2, 3.25f, 0.5f, 1.5f, 2, 3.25f, 0.5f, 1.5f, 2, 3.25f,
                 0.5f, 1.5f, 2, 3.25f, 0.5f, 1.5f, 2, 3.25f, 0.5f, 1.5f, 2, 3.25f});
  expect_tensor(
      concatenate({x, i4}, {.axis = 0}), DType::kFloat32, {4, 4},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f, 1, 2, 3, 4});
  expect_tensor(expand_dims(x, {.axis = -1}), DType::kFloat32, {3, 4, 1},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(squeeze(expand_dims(x, {.axis = 1})), DType::kFloat32, {3, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(ravel(x), DType::kFloat32, {12},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(flip(x), DType::kFloat32, {3, 4},
                {-1.25f, -0.25f, 0.75f, -1, 0, 1, -0.75f, 0.25f, 1.25f, -0.5f, 0.5f, -1.25f});
  expect_tensor(flip(x, {.axis = 1}), DType::kFloat32, {3, 4},
                {1.25f, -0.5f, 0.5f, -1.25f, 0, 1, -0.75f, 0.25f, -1.25f, -0.25f, 0.75f, -1});
  expect_tensor(one_hot(i, 4), DType::kFloat32, {3, 4}, {0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0});
  expect_tensor(one_hot(i, 3, {.axis = 0}), DType::kFloat32, {3, 3}, {0, 1, 0, 0, 0, 0, 0, 0, 1});
  expect_tensor(cast(x * 3, DType::kInt32), DType::kInt32, {3, 4},
                {-3, 1, -1, 3, 0, -2, 3, 0, -3, 2, 0, -3});
  expect_tensor(cast(x, DType::kBool), DType::kBool, {3, 4}, {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1});
  expect_tensor(ones_like(i), DType::kInt32, {3}, {1, 1, 1});
  expect_tensor(full({2, 2}, 3), DType::kFloat32, {2, 2}, {3, 3, 3, 3});
}

}  // namespace
}  // namespace keras::ops
