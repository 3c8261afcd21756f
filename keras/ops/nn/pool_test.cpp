#include "keras/ops/nn/pool.h"

#include <gtest/gtest.h>

#include <limits>

#include "keras/engine/error.h"
#include "keras/ops/gradient.h"
#include "keras/ops/nn.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

TEST(MaxPool, GivesKerasValues) {
  expect_values(ops::max_pool(ramp({1, 5, 4, 2}), 2, {.strides = 2, .padding = "same"}),
                {1, 3, 2, 2},
                {-0.25f, 1.25f, 1.25f, 0.25f, 0.25f, 1.25f, 1.0f, 0.75f, 0.5f, -0.5f, 1.25f, 1.0f});
  expect_values(ops::max_pool(ramp({1, 5, 4, 2}), {3, 2}, {.strides = 1}), {1, 3, 3, 2},
                {0.0f, 1.25f, 0.75f, 1.25f, 1.25f, 0.5f, 0.25f, 1.25f, 1.0f, 0.0f, 1.25f, 0.75f,
                 0.5f, 1.25f, 1.25f, 0.25f, 1.25f, 1.0f});
}

TEST(MaxPool, KeepsNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor y = ops::max_pool(Tensor::from(std::vector<float>{1, nan, 3, 2}, {1, 4, 1}), 2);
  EXPECT_TRUE(std::isnan(y.to_vector<float>()[0]));
  EXPECT_EQ(y.to_vector<float>()[1], 3);
}

TEST(MaxPool, GivesTheGradientToTheFirstOfEqualMaxima) {
  const Tensor x = Tensor::from(std::vector<float>{1, 1, 0, 1, 1, 0, 0, 0, 0}, {1, 3, 3, 1});
  const Tensor weights = Tensor::from(std::vector<float>{1, 10, 100, 1000}, {1, 2, 2, 1});
  const auto slope = grad(
      [&](const Tensor& t) { return ops::sum(ops::max_pool(t, 2, {.strides = 1}) * weights); });
  expect_values(slope(x), {1, 3, 3, 1}, {1, 10, 0, 100, 1000, 0, 0, 0, 0});
}

TEST(MaxPool, HasGradientsOfGradients) {
  const auto pool = [](const Tensors& in) {
    return ops::max_pool(in[0], 3, {.strides = 2, .padding = "same"});
  };
  expect_gradients(pool, {distinct({2, 4, 5, 2})});
  const auto cubed = [&](const Tensors& in) {
    const Tensor y = pool(in);
    return y * y * y;
  };
  testing::expect_second_gradients(cubed, {distinct({1, 4, 3, 1})});
}

TEST(AveragePool, GivesKerasValues) {
  expect_values(ops::average_pool(ramp({1, 5, 4, 1}), 3, {.strides = 2, .padding = "same"}),
                {1, 3, 2, 1}, {-0.125f, 0.4375f, 0.1388889f, 0.1666667f, 0.25f, 0.125f});
  expect_values(ops::average_pool(ramp({1, 2, 4, 4}), 2, {.data_format = "channels_first"}),
                {1, 2, 2, 2},
                {-0.3125f, 0.4375f, -0.0625f, 0.0f, 0.1875f, -0.4375f, 0.4375f, -0.1875f});
}

TEST(AveragePool, HasGradients) {
  const auto pool = [](const Tensors& in) {
    const Tensor y = ops::average_pool(in[0], {2, 3}, {.strides = 2, .padding = "same"});
    return y * y;
  };
  expect_gradients(pool, {ramp<double>({1, 3, 4, 2})});
  testing::expect_second_gradients(pool, {ramp<double>({1, 3, 4, 1})});
}

TEST(Pool, NamesWhatDoesNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::max_pool(ramp({1, 2, 2, 1}), 3);
      },
      "Computed output size would be zero or negative. Received: "
      "`inputs.shape=(1, 2, 2, 1)`, `pool_size=(3, 3)`");
  expect_error<ValueError>(
      [] {
        ops::max_pool(ramp({1, 2, 2, 1}), {2, 2, 2});
      },
      "The `pool_size` argument must be a tuple of 2 integers");
  expect_error<ValueError>([] { ops::average_pool(ramp({1, 2, 2, 1}), 0); }, "pool_size=0");
  expect_error<ShapeError>([] { ops::average_pool(ramp({2, 2}), 1); }, "received shape (2, 2)");
  expect_error<DtypeError>(
      [] {
        ops::max_pool(Tensor::from(std::vector<std::int32_t>{1, 2}, {1, 2, 1}), 1);
      },
      "floating point");
}

}  // namespace
}  // namespace keras
