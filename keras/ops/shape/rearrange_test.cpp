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
using testing::ramp;

// Expected values: Keras 3.15 on JAX.

TEST(Rearranging, StacksAndSplits) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  const Tensor y = flipud(ramp({3, 4}));
  expect_tensor(
      hstack({v, v}), DType::kFloat32, {12},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f});
  expect_tensor(
      hstack({x, y}), DType::kFloat32, {3, 8},
      {-1.25f, 0.5f,   -0.5f, 1.25f, -1, 0.75f, -0.25f, -1.25f, 0.25f,  -0.75f, 1,     0,
       0.25f,  -0.75f, 1,     0,     -1, 0.75f, -0.25f, -1.25f, -1.25f, 0.5f,   -0.5f, 1.25f});
  expect_tensor(
      vstack({v, v}), DType::kFloat32, {2, 6},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f});
  expect_tensor(
      dstack({x, y}), DType::kFloat32, {3, 4, 2},
      {-1.25f, -1, 0.5f, 0.75f, -0.5f, -0.25f, 1.25f, -1.25f, 0.25f,  0.25f, -0.75f, -0.75f,
       1,      1,  0,    0,     -1,    -1.25f, 0.75f, 0.5f,   -0.25f, -0.5f, -1.25f, 1.25f});
  expect_tensor(
      stack({x, y}, {.axis = -1}), DType::kFloat32, {3, 4, 2},
      {-1.25f, -1, 0.5f, 0.75f, -0.5f, -0.25f, 1.25f, -1.25f, 0.25f,  0.25f, -0.75f, -0.75f,
       1,      1,  0,    0,     -1,    -1.25f, 0.75f, 0.5f,   -0.25f, -0.5f, -1.25f, 1.25f});
  expect_tensor(append(x, y), DType::kFloat32, {24},
                {-1.25f, 0.5f,  -0.5f,  1.25f,  0.25f, -0.75f, 1, 0, -1,     0.75f, -0.25f, -1.25f,
                 -1,     0.75f, -0.25f, -1.25f, 0.25f, -0.75f, 1, 0, -1.25f, 0.5f,  -0.5f,  1.25f});
  expect_tensor(
      append(x, y, {.axis = 1}), DType::kFloat32, {3, 8},
      {-1.25f, 0.5f,   -0.5f, 1.25f, -1, 0.75f, -0.25f, -1.25f, 0.25f,  -0.75f, 1,     0,
       0.25f,  -0.75f, 1,     0,     -1, 0.75f, -0.25f, -1.25f, -1.25f, 0.5f,   -0.5f, 1.25f});
  expect_tensor(hsplit(x, 2)[1], DType::kFloat32, {3, 2}, {-0.5f, 1.25f, 1, 0, -0.25f, -1.25f});
  expect_tensor(vsplit(x, 3)[1], DType::kFloat32, {1, 4}, {0.25f, -0.75f, 1, 0});
  expect_tensor(dsplit(w, 2)[1], DType::kFloat32, {2, 3, 2},
                {-0.5f, 1.25f, 1, 0, -0.25f, -1.25f, 1.25f, 0.25f, 0, -1, -1.25f, 0.5f});
  expect_tensor(array_split(v, 4)[1], DType::kFloat32, {2}, {-0.5f, 1.25f});
  expect_tensor(array_split(v, 4)[3], DType::kFloat32, {1}, {-0.75f});
  expect_tensor(unstack(x, {.axis = 1})[2], DType::kFloat32, {3}, {-0.5f, 1, -0.25f});
  expect_tensor(split(x, {1, 3}, {.axis = 1})[1], DType::kFloat32, {3, 2},
                {0.5f, -0.5f, -0.75f, 1, 0.75f, -0.25f});
}

TEST(Rearranging, MovesElements) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  expect_tensor(roll(v, 2), DType::kFloat32, {6}, {0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 1.25f});
  expect_tensor(roll(x, -1), DType::kFloat32, {3, 4},
                {0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f, -1.25f});
  expect_tensor(roll(x, {1, -5}, {.axis = {0, 1}}), DType::kFloat32, {3, 4},
                {0.75f, -0.25f, -1.25f, -1, 0.5f, -0.5f, 1.25f, -1.25f, -0.75f, 1, 0, 0.25f});
  expect_tensor(
      moveaxis(w, 0, -1), DType::kFloat32, {3, 4, 2},
      {-1.25f, 0.5f, 0.5f, -0.5f, -0.5f, 1.25f, 1.25f, 0.25f,  0.25f,  -0.75f, -0.75f, 1,
       1,      0,    0,    -1,    -1,    0.75f, 0.75f, -0.25f, -0.25f, -1.25f, -1.25f, 0.5f});
  expect_tensor(
      moveaxis(w, {0, 2}, {1, 0}), DType::kFloat32, {4, 2, 3},
      {-1.25f, 0.25f, -1,     0.5f,  -0.75f, 0.75f,  0.5f,  -0.75f, 0.75f,  -0.5f, 1,  -0.25f,
       -0.5f,  1,     -0.25f, 1.25f, 0,      -1.25f, 1.25f, 0,      -1.25f, 0.25f, -1, 0.5f});
  expect_tensor(rot90(x), DType::kFloat32, {4, 3},
                {1.25f, 0, -1.25f, -0.5f, 1, -0.25f, 0.5f, -0.75f, 0.75f, -1.25f, 0.25f, -1});
  expect_tensor(rot90(x, {.k = 2}), DType::kFloat32, {3, 4},
                {-1.25f, -0.25f, 0.75f, -1, 0, 1, -0.75f, 0.25f, 1.25f, -0.5f, 0.5f, -1.25f});
  expect_tensor(
      rot90(w, {.k = -1, .axes = {1, 2}}), DType::kFloat32, {2, 4, 3},
      {-1,    0.25f,  -1.25f, 0.75f,  -0.75f, 0.5f,  -0.25f, 1, -0.5f, -1.25f, 0,  1.25f,
       0.75f, -0.75f, 0.5f,   -0.25f, 1,      -0.5f, -1.25f, 0, 1.25f, 0.5f,   -1, 0.25f});
  expect_tensor(fliplr(x), DType::kFloat32, {3, 4},
                {1.25f, -0.5f, 0.5f, -1.25f, 0, 1, -0.75f, 0.25f, -1.25f, -0.25f, 0.75f, -1});
  expect_tensor(flipud(x), DType::kFloat32, {3, 4},
                {-1, 0.75f, -0.25f, -1.25f, 0.25f, -0.75f, 1, 0, -1.25f, 0.5f, -0.5f, 1.25f});
  expect_tensor(
      swapaxes(w, 0, 2), DType::kFloat32, {4, 3, 2},
      {-1.25f, 0.5f,  0.25f, -0.75f, -1,     0.75f,  0.5f,  -0.5f, -0.75f, 1,  0.75f,  -0.25f,
       -0.5f,  1.25f, 1,     0,      -0.25f, -1.25f, 1.25f, 0.25f, 0,      -1, -1.25f, 0.5f});
  expect_tensor(
      tile(v, {2, 1}), DType::kFloat32, {2, 6},
      {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f});
  expect_tensor(
      repeat(x, 2, {.axis = 0}), DType::kFloat32, {6, 4},
      {-1.25f, 0.5f,   -0.5f, 1.25f, -1.25f, 0.5f,  -0.5f,  1.25f,  0.25f, -0.75f, 1,      0,
       0.25f,  -0.75f, 1,     0,     -1,     0.75f, -0.25f, -1.25f, -1,    0.75f,  -0.25f, -1.25f});
  expect_tensor(repeat(x, {1, 0, 2}, {.axis = 0}), DType::kFloat32, {3, 4},
                {-1.25f, 0.5f, -0.5f, 1.25f, -1, 0.75f, -0.25f, -1.25f, -1, 0.75f, -0.25f, -1.25f});
  expect_tensor(pad(x, 1, {.constant_values = 3}), DType::kFloat32, {5, 6},
                {3, 3, 3, 3, 3,  3,     3,      -1.25f, 0.5f, -0.5f, 1.25f, 3, 3, 0.25f, -0.75f,
                 1, 0, 3, 3, -1, 0.75f, -0.25f, -1.25f, 3,    3,     3,     3, 3, 3,     3});
  expect_tensor(
      pad(v, {{3, 4}}, {.mode = "reflect"}), DType::kFloat32, {13},
      {1.25f, -0.5f, 0.5f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 0.25f, 1.25f, -0.5f, 0.5f});
  expect_tensor(pad(v, {{3, 4}}, {.mode = "symmetric"}), DType::kFloat32, {13},
                {-0.5f, 0.5f, -1.25f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -0.75f, 0.25f,
                 1.25f, -0.5f});
  expect_tensor(pad(v, {{3, 4}}, {.mode = "edge"}), DType::kFloat32, {13},
                {-1.25f, -1.25f, -1.25f, -1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, -0.75f, -0.75f,
                 -0.75f, -0.75f});
  expect_tensor(pad(x, {{2, 0}, {1, 3}}, {.mode = "wrap"}), DType::kFloat32, {5, 8},
                {0,      0.25f,  -0.75f, 1,     0,     0.25f,  -0.75f, 1,      -1.25f, -1,
                 0.75f,  -0.25f, -1.25f, -1,    0.75f, -0.25f, 1.25f,  -1.25f, 0.5f,   -0.5f,
                 1.25f,  -1.25f, 0.5f,   -0.5f, 0,     0.25f,  -0.75f, 1,      0,      0.25f,
                 -0.75f, 1,      -1.25f, -1,    0.75f, -0.25f, -1.25f, -1,     0.75f,  -0.25f});
}

TEST(Rearranging, Diagonals) {
  const Tensor x = ramp({3, 4});
  const Tensor v = ramp({6});
  const Tensor w = ramp({2, 3, 4});
  const Tensor m = ramp({4, 4});
  expect_tensor(diag(v, {.k = 1}), DType::kFloat32, {7, 7},
                {0,     -1.25f, 0, 0, 0, 0, 0, 0,      0,     0.5f, 0, 0, 0, 0, 0, 0, 0,
                 -0.5f, 0,      0, 0, 0, 0, 0, 0,      1.25f, 0,    0, 0, 0, 0, 0, 0, 0.25f,
                 0,     0,      0, 0, 0, 0, 0, -0.75f, 0,     0,    0, 0, 0, 0, 0});
  expect_tensor(
      diag(v, {.k = -2}), DType::kFloat32, {8, 8},
      {0, 0, 0, 0,    0, 0, 0, 0, 0,     0, 0, 0, 0,     0, 0, 0, -1.25f, 0,      0, 0, 0, 0,
       0, 0, 0, 0.5f, 0, 0, 0, 0, 0,     0, 0, 0, -0.5f, 0, 0, 0, 0,      0,      0, 0, 0, 1.25f,
       0, 0, 0, 0,    0, 0, 0, 0, 0.25f, 0, 0, 0, 0,     0, 0, 0, 0,      -0.75f, 0, 0});
  expect_tensor(diag(x, {.k = 1}), DType::kFloat32, {3}, {0.5f, 1, -1.25f});
  expect_tensor(diag(x, {.k = -1}), DType::kFloat32, {2}, {0.25f, 0.75f});
  expect_tensor(diag(x, {.k = 7}), DType::kFloat32, {0}, {});
  expect_tensor(diagflat(slice(x, {0, 0}, {1, 3})), DType::kFloat32, {3, 3},
                {-1.25f, 0, 0, 0, 0.5f, 0, 0, 0, -0.5f});
  expect_tensor(diagonal(w, {.offset = 1, .axis1 = 1, .axis2 = 2}), DType::kFloat32, {2, 3},
                {0.5f, 1, -1.25f, -0.5f, 0, 0.5f});
  expect_tensor(trace(m), DType::kFloat32, {}, {-2});
  expect_tensor(trace(w, {.offset = -1, .axis1 = 2, .axis2 = 0}), DType::kFloat32, {3},
                {1.75f, -0.75f, -0.5f});
  expect_tensor(tril(w), DType::kFloat32, {2, 3, 4},
                {-1.25f, 0, 0, 0, 0.25f,  -0.75f, 0, 0, -1,    0.75f,  -0.25f, 0,
                 0.5f,   0, 0, 0, -0.75f, 1,      0, 0, 0.75f, -0.25f, -1.25f, 0});
  expect_tensor(triu(x, {.k = 1}), DType::kFloat32, {3, 4},
                {0, 0.5f, -0.5f, 1.25f, 0, 0, 1, 0, 0, 0, 0, -1.25f});
  expect_tensor(tril(x, {.k = -1}), DType::kFloat32, {3, 4},
                {0, 0, 0, 0, 0.25f, 0, 0, 0, -1, 0.75f, 0, 0});
}

TEST(Rearranging, RefusesBadArguments) {
  const Tensor x = ramp({2, 3});
  expect_error<ValueError>([&] { moveaxis(x, {0, 1}, {0}); }, "same number of axes");
  expect_error<ValueError>([&] { pad(x, 1, {.mode = "mirror"}); }, "received \"mirror\"");
  expect_error<ValueError>([&] { pad(x, {{1, 1}}); }, "one entry an axis (2)");
  expect_error<ValueError>([&] { split(x, 2, {.axis = 1}); }, "cannot be cut into 2");
  expect_error<ShapeError>([&] { stack({x, ramp({3, 2})}); }, "(2, 3) and (3, 2)");
  expect_error<ValueError>([&] { rot90(x, {.axes = {1, -1}}); }, "must be different");
  expect_error<ValueError>([&] { diag(ramp({2, 2, 2})); }, "1-D or 2-D");
  expect_error<ValueError>([&] { unstack(x, {.num = 4}); }, "num is 4");
}

TEST(Rearranging, Gradients) {
  expect_gradients(
      [](const Tensors& in) {
        return concatenate({ravel(roll(in[0], 1, {.axis = 1})),
                            ravel(pad(in[0], {{1, 2}, {0, 2}}, {.mode = "reflect"})),
                            diagonal(in[0], {.offset = 1}), ravel(triu(in[0]))});
      },
      {distinct({3, 4})});
  expect_gradients([](const Tensors& in) { return diag(in[0], {.k = -1}); }, {distinct({3})});
}

}  // namespace
}  // namespace keras::ops
