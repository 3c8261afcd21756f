#include <gtest/gtest.h>

#include <vector>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/math.h"
#include "keras/ops/numpy.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/tensors.h"

namespace keras::ops {
namespace {

using testing::expect_error;
using testing::expect_tensor;
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(Creation, Fills) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  expect_tensor(eye(3), DType::kFloat32, {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  expect_tensor(eye(2, {.M = 4, .k = 1, .dtype = DType::kInt32}), DType::kInt32, {2, 4},
                {0, 1, 0, 0, 0, 0, 1, 0});
  expect_tensor(identity(2), DType::kFloat32, {2, 2}, {1, 0, 0, 1});
  expect_tensor(tri(3, {.M = 4, .k = -1}), DType::kFloat32, {3, 4},
                {0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0});
  expect_tensor(full_like(x, 3.5), DType::kFloat32, {3, 4},
                {3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f, 3.5f});
  expect_tensor(zeros_like(x, DType::kInt32), DType::kInt32, {3, 4},
                {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  expect_tensor(linspace(0, 1, {.num = 5}), DType::kFloat32, {5}, {0, 0.25f, 0.5f, 0.75f, 1});
  expect_tensor(
      linspace(v, 1, {.num = 3, .endpoint = false, .axis = -1}), DType::kFloat32, {6, 3},
      {-1.25f, -0.49999994f, 0.25000006f, 0.5f, 0.66666663f, 0.83333337f, -0.5f, 2.9802322e-08f,
       0.5f, 1.25f, 1.1666666f, 1.0833334f, 0.25f, 0.5f, 0.75f, -0.75f, -0.16666663f, 0.41666669f});
  expect_tensor(linspace(2, 2, {.num = 1}), DType::kFloat32, {1}, {2});
  expect_tensor(logspace(0, 2, {.num = 4}), DType::kFloat32, {4}, {1, 4.6415892f, 21.54435f, 100});
  expect_tensor(geomspace(1, 100, {.num = 4}), DType::kFloat32, {4},
                {1, 4.6415896f, 21.544355f, 100});
  expect_tensor(geomspace(-1, -8, {.num = 4, .endpoint = false}), DType::kFloat32, {4},
                {-1, -1.6817929f, -2.8284271f, -4.7568283f});
  expect_tensor(arange(1.0, 4.0, 0.5), DType::kFloat32, {6}, {1, 1.5f, 2, 2.5f, 3, 3.5f});
  expect_tensor(arange(7, 0, -3), DType::kInt32, {3}, {7, 4, 1});
  expect_tensor(vander(v, {.N = 3}), DType::kFloat32, {6, 3},
                {1.5625f, -1.25f, 1, 0.25f, 0.5f, 1, 0.25f, -0.5f, 1, 1.5625f, 1.25f, 1, 0.0625f,
                 0.25f, 1, 0.5625f, -0.75f, 1});
  expect_tensor(vander(v, {.N = 3, .increasing = true}), DType::kFloat32, {6, 3},
                {1, -1.25f, 1.5625f, 1, 0.5f, 0.25f, 1, -0.5f, 0.25f, 1, 1.25f, 1.5625f, 1, 0.25f,
                 0.0625f, 1, -0.75f, 0.5625f});
  expect_tensor(
      meshgrid({v, slice(v, {0}, {2})})[0], DType::kFloat32, {2, 6},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f});
  expect_tensor(
      meshgrid({v, slice(v, {0}, {2})}, {.indexing = "ij"})[1], DType::kFloat32, {6, 2},
      {-1.25f, 0.5f, -1.25f, 0.5f, -1.25f, 0.5f, -1.25f, 0.5f, -1.25f, 0.5f, -1.25f, 0.5f});
  expect_tensor(hanning(6), DType::kFloat32, {6},
                {0, 0.34549153f, 0.90450853f, 0.90450847f, 0.34549144f, 0});
  expect_tensor(hamming(6), DType::kFloat32, {6},
                {0.080000013f, 0.39785221f, 0.91214788f, 0.91214782f, 0.39785212f, 0.080000013f});
  expect_tensor(
      blackman(6), DType::kFloat32, {6},
      {-1.4901161e-08f, 0.20077012f, 0.84922993f, 0.84922975f, 0.20077008f, -1.4901161e-08f});
  expect_tensor(bartlett(6), DType::kFloat32, {6},
                {0, 0.39999998f, 0.80000001f, 0.80000001f, 0.39999998f, 0});
}

TEST(Creation, RefusesBadArguments) {
  expect_error<ValueError>([] { linspace(0, 1, {.num = -1}); }, "received -1");
  expect_error<ValueError>([] { arange(0, 3, 0); }, "step must not be 0");
  expect_error<ValueError>([] { meshgrid({ramp({2})}, {.indexing = "yx"}); }, "'yx'");
}

}  // namespace
}  // namespace keras::ops
