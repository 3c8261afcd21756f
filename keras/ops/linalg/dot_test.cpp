#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/linalg.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_values;
using testing::ramp;

TEST(Dot, GivesKerasValues) {
  expect_values(ops::dot(ramp({2, 3}), ramp({2, 3, 2})), {2, 2, 2},
                {1.1875f, 0.375f, -1.625f, 1.0f, -1.875f, 1.5f, 1.1875f, 1.125f});
  expect_values(ops::dot(ramp({3}), 2.0f), {3}, {-2.5f, 1.0f, -1.0f});
  expect_values(ops::dot(ramp({2, 3}), ramp({3})), {2}, {2.0625f, -1.0625f});
}

TEST(Dot, NamesShapesThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::dot(ramp({2, 3}), ramp({2}));
      },
      "`x1` is N-d array while `x2` is 1-D");
  expect_error<ShapeError>(
      [] {
        ops::dot(ramp({2, 3}), ramp({2, 2}));
      },
      "second last axis of `x2`");
}

TEST(Tensordot, GivesKerasValues) {
  expect_values(ops::tensordot(ramp({2, 3, 2}), ramp({3, 2, 2})), {2, 2},
                {2.375f, 1.5f, -0.1875f, 2.625f});
  expect_values(ops::tensordot(ramp({2, 3, 2}), ramp({2, 3}), {0, 1}, {0, 1}), {2}, {2.375f, 1.5f});
  EXPECT_EQ(ops::tensordot(ramp({2, 3}), ramp({4}), 0).shape(), (Shape{2, 3, 4}));
}

TEST(Tensordot, HasGradients) {
  testing::expect_gradients(
      [](const Tensors& in) {
        return ops::tensordot(in[0], in[1], {1, 0}, {0, 2});
      },
      {ramp<double>({2, 3, 2}), ramp<double>({3, 2, 2})});
}

TEST(Tensordot, NamesAxesThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::tensordot(ramp({2, 3}), ramp({2, 4}), {1}, {1});
      },
      "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received (3,) and "
      "(4,)");
  expect_error<ValueError>([] { ops::tensordot(ramp({2, 3}), ramp({2, 4}), 3); }, "axes=3");
}

}  // namespace
}  // namespace keras
