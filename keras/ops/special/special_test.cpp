#include "keras/ops/special.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

// Values are those of Keras.

TEST(ComplexParts, AreThoseOfRealNumbers) {
  const Tensor x = Tensor::of<float>({-2, 0, 3});
  expect_values(real(x), {3}, {-2, 0, 3});
  expect_values(imag(x), {3}, {0, 0, 0});
  expect_values(conj(x), {3}, {-2, 0, 3});
  expect_values(angle(x), {3}, {3.1415927f, 0, 0});
  expect_values(angle(Tensor::of<std::int32_t>({-1, 1})), {2}, {3.1415927f, 0});
}

TEST(Gcd, AndLcm) {
  const Tensor a = Tensor::of<std::int32_t>({12, -18, 0, 7}),
               b = Tensor::of<std::int32_t>({8, 12, 5, 0});
  EXPECT_EQ(gcd(a, b).to_vector<int>(), (std::vector<int>{4, 6, 5, 7}));
  EXPECT_EQ(lcm(Tensor::of<std::int32_t>({4, -6, 0}), Tensor::of<std::int32_t>({6, 4, 5}))
                .to_vector<int>(),
            (std::vector<int>{12, 12, 0}));
  const Tensor least = Tensor::of<std::int64_t>({std::numeric_limits<std::int64_t>::min()});
  EXPECT_EQ(gcd(least, Tensor::of<std::int64_t>({6})).item<std::int64_t>(), 2);
  EXPECT_EQ(gcd(reshape(a, {4, 1}), reshape(b, {1, 4})).shape(), (Shape{4, 4}));
  EXPECT_EQ(gcd(a, b).dtype(), DType::kInt32);
  expect_error<DtypeError>([&] { gcd(a, Tensor(1.0f)); }, "gcd and lcm take integers");
}

TEST(Nextafter, IsTheNeighbour) {
  const auto found =
      nextafter(Tensor::of<float>({1, 0}), Tensor::of<float>({2, -1})).to_vector<float>();
  EXPECT_EQ(found[0], std::nextafter(1.0f, 2.0f));
  EXPECT_EQ(found[1], std::nextafter(0.0f, -1.0f));
  EXPECT_EQ(nextafter(Tensor::of<double>({1}), Tensor::of<double>({2})).item<double>(),
            std::nextafter(1.0, 2.0));
  expect_error<DtypeError>(
      [] { nextafter(cast(Tensor(1.0f), DType::kFloat16), cast(Tensor(1.0f), DType::kFloat16)); },
      "takes float32 and float64");
}

TEST(View, KeepsTheBytes) {
  const Tensor x = Tensor::from(std::vector<float>{1, -2.5f}, {1, 2});
  EXPECT_EQ(view(x, DType::kInt32).to_vector<int>(),
            (std::vector<int>{0x3f800000, static_cast<int>(0xc0200000)}));
  EXPECT_EQ(view(view(x, DType::kUint8), DType::kFloat32).to_vector<float>(), x.to_vector<float>());
  const Tensor bytes = view(Tensor::from(std::vector<std::int32_t>{1, 258}, {1, 2}), DType::kUint8);
  expect_values(cast(bytes, DType::kFloat32), {1, 8}, {1, 0, 0, 0, 2, 1, 0, 0});
  expect_error<ShapeError>(
      [] {
        view(ones({2, 3}), DType::kFloat64);
      },
      "cannot be seen as float64");
}

TEST(Erfinv, IsKerass) {
  expect_values(erfinv(Tensor::of<float>({-0.999f, -0.3f, 0, 1e-4f, 0.5f, 0.9999f})), {6},
                {-2.326758f, -0.2724628f, 0, 8.862268e-05f, 0.4769363f, 2.751027f}, 2e-5f);
  const auto ends = erfinv(Tensor::of<float>({-1, 1, 1.5f})).to_vector<float>();
  EXPECT_EQ(ends[0], -INFINITY);
  EXPECT_EQ(ends[1], INFINITY);
  EXPECT_TRUE(std::isnan(ends[2]));
  expect_gradients([](const Tensors& in) { return erfinv(in[0]); },
                   {Tensor::of<double>({-0.9, -0.2, 0.1, 0.7})});
}

TEST(I0, IsKerass) {
  expect_values(i0(Tensor::of<float>({0, 0.5f, -2, 10, 60})), {5},
                {1, 1.063483f, 2.279585f, 2815.717f, 5.894077e+24f});
  expect_gradients([](const Tensors& in) { return i0(in[0]); },
                   {Tensor::of<double>({-0.9, 0.1, 1.7})});
}

TEST(Kaiser, IsKerass) {
  expect_values(kaiser(5, 4), {5}, {0.08848053f, 0.6334318f, 1, 0.6334318f, 0.08848053f});
  expect_values(kaiser(1, 4), {1}, {1});
  EXPECT_EQ(kaiser(0, 4).size(), 0);
}

TEST(Corrcoef, IsKerass) {
  expect_values(
      corrcoef(ramp({3, 5})), {3, 3},
      {1, 0.1106566f, -0.2346939f, 0.1106566f, 1, 0.1106566f, -0.2346939f, 0.1106566f, 1});
  expect_values(corrcoef(ramp({4})), {}, {1});
  expect_gradients([](const Tensors& in) { return corrcoef(in[0]); }, {testing::distinct({2, 3})});
  expect_error<ShapeError>([] { corrcoef(ramp({2, 2, 2})); }, "one or two axes");
}

TEST(Correlate, IsKerass) {
  const Tensor a = Tensor::of<float>({1, 2, 3, 4, 5}), b = Tensor::of<float>({0.5f, 1, -1});
  const Tensor c = Tensor::of<float>({1, 0, 2, -1});
  expect_values(correlate(a, b), {3}, {-0.5f, 0, 0.5f});
  expect_values(correlate(a, b, {"same"}), {5}, {-1, -0.5f, 0, 0.5f, 7});
  expect_values(correlate(a, b, {"full"}), {7}, {-1, -1, -0.5f, 0, 0.5f, 7, 2.5f});
  expect_values(correlate(c, a), {2}, {5, 3});
  expect_values(correlate(c, a, {"same"}), {5}, {13, 5, 3, 1, 0});
  expect_values(correlate(c, a, {"full"}), {8}, {5, 4, 13, 5, 3, 1, 0, -1});
  expect_values(correlate(cast(a, DType::kInt32), Tensor::of<std::int32_t>({1, 2})), {4},
                {5, 8, 11, 14});
  expect_gradients([](const Tensors& in) { return correlate(in[0], in[1], {"same"}); },
                   {testing::distinct({5}), testing::distinct({3})});
  expect_error<ValueError>([&] { correlate(a, b, {"wide"}); }, "Received: mode=wide");
  expect_error<ShapeError>([&] { correlate(ramp({2, 2}), b); }, "correlate takes vectors");
}

}  // namespace
}  // namespace keras::ops
