#include <gtest/gtest.h>

#include <cmath>
#include <optional>
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
using testing::kNan;
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(Sorting, Orders) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor n = Tensor::of<float>({1, kNan, 3, 2});
  const Tensor i = Tensor::of<std::int32_t>({3, 0, 2});
  const Tensor k =
      Tensor::from(std::vector<std::int32_t>{0, 2, 1, 1, 3, 3, 0, 1, 2, 0, 0, 2}, {3, 4});
  expect_tensor(sort(x), DType::kFloat32, {3, 4},
                {-1.25f, -0.5f, 0.5f, 1.25f, -0.75f, 0, 0.25f, 1, -1.25f, -1, -0.25f, 0.75f});
  expect_tensor(sort(n), DType::kFloat32, {4}, {1, 2, 3, kNan});
  expect_tensor(sort(x, {.axis = 0}), DType::kFloat32, {3, 4},
                {-1.25f, -0.75f, -0.5f, -1.25f, -1, 0.5f, -0.25f, 0, 0.25f, 0.75f, 1, 1.25f});
  expect_tensor(sort(k, {.axis = std::nullopt}), DType::kInt32, {12},
                {0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3});
  expect_tensor(argsort(k), DType::kInt32, {3, 4}, {0, 2, 3, 1, 2, 3, 0, 1, 1, 2, 0, 3});
  expect_tensor(argsort(x, {.axis = 0}), DType::kInt32, {3, 4},
                {0, 1, 0, 2, 2, 0, 2, 1, 1, 2, 1, 0});
  expect_tensor(top_k(k, 2).values, DType::kInt32, {3, 2}, {2, 1, 3, 3, 2, 2});
  expect_tensor(top_k(k, 2).indices, DType::kInt32, {3, 2}, {1, 2, 0, 1, 0, 3});
  expect_tensor(top_k(x, 3).values, DType::kFloat32, {3, 3},
                {1.25f, 0.5f, -0.5f, 1, 0.25f, 0, 0.75f, -0.25f, -1});
  expect_tensor(in_top_k(i, x, 2), DType::kBool, {3}, {1, 1, 1});
  expect_tensor(in_top_k(i, k, 2), DType::kBool, {3}, {1, 1, 0});
  expect_tensor(searchsorted(sort(v), x), DType::kInt32, {3, 4},
                {0, 4, 2, 5, 3, 1, 5, 3, 1, 5, 3, 0});
  expect_tensor(searchsorted(sort(v), x, {.side = "right"}), DType::kInt32, {3, 4},
                {1, 5, 3, 6, 4, 2, 5, 3, 1, 5, 3, 1});
  expect_tensor(digitize(x, Tensor::of<float>({-1, 0, 0.5f})), DType::kInt32, {3, 4},
                {0, 3, 1, 3, 2, 1, 3, 2, 1, 3, 1, 0});
  const Tensor with_nan = Tensor::of<float>({std::nanf(""), 0, 5});
  expect_tensor(digitize(with_nan, Tensor::of<float>({1, 2})), DType::kInt32, {3}, {2, 0, 2});
}

TEST(Sorting, GradientsFollowTheElements) {
  expect_gradients([](const Tensors& in) { return sort(in[0], {.axis = 0}); }, {distinct({4, 3})});
  expect_gradients([](const Tensors& in) { return top_k(in[0], 2).values; }, {distinct({4, 3})});
}

TEST(Sorting, RefusesBadArguments) {
  const Tensor x = ramp({2, 3});
  expect_error<ValueError>([&] { top_k(x, 4); }, "k must be in [1, 3]");
  expect_error<ShapeError>([&] { searchsorted(x, x); }, "1-D sorted sequences");
  expect_error<ValueError>([&] { searchsorted(ramp({2}), x, {.side = "up"}); }, "received \"up\"");
  expect_error<ShapeError>([&] { in_top_k(x, x, 1); }, "one axis less");
}

}  // namespace
}  // namespace keras::ops
