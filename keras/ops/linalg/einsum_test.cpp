#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/linalg.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

TEST(Einsum, GivesKerasValues) {
  expect_values(ops::einsum("bij,bjk->bik", {ramp({2, 2, 3}), ramp({2, 3, 2})}), {2, 2, 2},
                {1.1875f, 0.375f, -1.875f, 1.5f, 1.25f, 1.25f, 1.3125f, 1.375f});
  expect_values(ops::einsum("ij,jk,kl->li", {ramp({2, 3}), ramp({3, 2}), ramp({2, 2})}), {2, 2},
                {-1.671875f, 1.59375f, 1.0625f, 0.9375f});
  expect_values(ops::einsum("i,j->ij", {ramp({2}), ramp({3})}), {2, 3},
                {1.5625f, -0.625f, 0.625f, -0.625f, 0.25f, -0.25f});
  expect_values(ops::einsum("ij->", {ramp({2, 3})}), {}, {-0.5f});
}

TEST(Einsum, WritesTheResultItself) {
  expect_values(ops::einsum("ij,jk", {ramp({2, 3}), ramp({3, 2})}), {2, 2},
                {1.1875f, 0.375f, -1.875f, 1.5f});
}

TEST(Einsum, BroadcastsAnEllipsis) {
  expect_values(ops::einsum("...ij,kj->...ik", {ramp({2, 2, 3}), ramp({2, 3})}), {2, 2, 2},
                {2.0625f, -1.0625f, -1.0625f, 2.1875f, -0.75f, 2.0f, -0.4375f, 1.8125f});
  EXPECT_EQ(ops::einsum("...i,...i->...", {ramp({1, 4, 3}), ramp({2, 1, 3})}).shape(),
            (Shape{2, 4}));
}

TEST(Einsum, TakesDiagonals) {
  expect_values(ops::einsum("ii->i", {ramp({3, 3})}), {3}, {-1.25f, 0.25f, -1.0f});
  expect_values(ops::einsum("ii", {ramp({3, 3})}), {}, {-2.0f});
}

TEST(Einsum, HasGradients) {
  expect_gradients([](const Tensors& in) { return ops::einsum("bij,jkb->ki", in); },
                   {ramp<double>({2, 2, 3}), ramp<double>({3, 2, 2})});
  expect_gradients([](const Tensors& in) { return ops::einsum("iij->j", in); },
                   {ramp<double>({2, 2, 3})});
}

TEST(Einsum, NamesWhatIsWrong) {
  const Tensor x = ramp({2, 3});
  expect_error<ValueError>([&] { ops::einsum("ij,jk->ik", {x}); },
                           "Number of operands (1) does not match the number of input specs (2)");
  expect_error<ValueError>([&] { ops::einsum("ijk->i", {x}); },
                           "does not match the number of dimensions in the operand");
  expect_error<ValueError>([&] { ops::einsum("ij->ij->i", {x}); }, "At most one '->'");
  expect_error<ValueError>([&] { ops::einsum("ij,jk->ik", {x, x}); }, "has the sizes 3 and 2");
  expect_error<ValueError>([&] { ops::einsum("ij->ik", {x}); }, "no operand has");
  expect_error<ValueError>([&] { ops::einsum("i1->i", {x}); }, "a label must be a letter");
}

}  // namespace
}  // namespace keras
