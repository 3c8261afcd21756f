#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
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
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(VectorProducts, GiveKerasValues) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  const Tensor u = Tensor::of<float>({0.5f, 1.5f, 2, 3.25f});
  expect_tensor(outer(v, u), DType::kFloat32, {6, 4},
                {-0.625f, -1.875f, -2.5f, -4.0625f, 0.25f,   0.75f,   1,     1.625f,
                 -0.25f,  -0.75f,  -1,    -1.625f,  0.625f,  1.875f,  2.5f,  4.0625f,
                 0.125f,  0.375f,  0.5f,  0.8125f,  -0.375f, -1.125f, -1.5f, -2.4375f});
  expect_tensor(
      inner(x, x), DType::kFloat32, {3, 3},
      {3.625f, -1.1875f, 0.1875f, -1.1875f, 1.625f, -1.0625f, 0.1875f, -1.0625f, 3.1875f});
  expect_tensor(inner(w, u), DType::kFloat32, {2, 3},
                {3.1875f, 1, -3.9375f, 2.8125f, -2.125f, -0.875f});
  expect_tensor(inner(u, 2), DType::kFloat32, {4}, {1, 3, 4, 6.5f});
  expect_tensor(vdot(x, x), DType::kFloat32, {}, {8.4375f});
  expect_tensor(
      kron(x, u), DType::kFloat32, {3, 16},
      {-0.625f, -1.875f, -2.5f,  -4.0625f, 0.25f,   0.75f,   1,      1.625f,  -0.25f, -0.75f,
       -1,      -1.625f, 0.625f, 1.875f,   2.5f,    4.0625f, 0.125f, 0.375f,  0.5f,   0.8125f,
       -0.375f, -1.125f, -1.5f,  -2.4375f, 0.5f,    1.5f,    2,      3.25f,   0,      0,
       0,       0,       -0.5f,  -1.5f,    -2,      -3.25f,  0.375f, 1.125f,  1.5f,   2.4375f,
       -0.125f, -0.375f, -0.5f,  -0.8125f, -0.625f, -1.875f, -2.5f,  -4.0625f});
  expect_tensor(kron(u, u), DType::kFloat32, {16},
                {0.25f, 0.75f, 1, 1.625f, 0.75f, 2.25f, 3, 4.875f, 1, 3, 4, 6.5f, 1.625f, 4.875f,
                 6.5f, 10.5625f});
  expect_tensor(cross(slice(x, {0, 0}, {3, 3}), slice(x, {0, 1}, {3, 3})), DType::kFloat32, {3, 3},
                {0.375f, 1.3125f, 0.375f, -1, -0.75f, -0.3125f, -1, -1.4375f, -0.3125f});
  expect_tensor(cross(slice(x, {0, 0}, {3, 3}), slice(u, {0}, {3})), DType::kFloat32, {3, 3},
                {1.75f, 2.25f, -2.125f, -3, 0, 0.75f, 1.875f, 1.875f, -1.875f});
}

TEST(VectorProducts, Gradients) {
  const Tensors pair = {distinct({2, 3}), distinct({3}) * 0.7};
  for (const auto product : {outer, inner, kron, cross})
    expect_gradients([&](const Tensors& in) { return product(in[0], in[1]); }, pair);
}

TEST(VectorProducts, RefuseOtherShapes) {
  expect_error<ValueError>([] { cross(ramp({2}), ramp({3})); }, "(2,) and (3,)");
  expect_error<ShapeError>([] { inner(ramp({2}), ramp({3})); }, "(2,) and (3,)");
}

}  // namespace
}  // namespace keras::ops
