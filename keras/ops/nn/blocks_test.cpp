#include "keras/ops/blocks.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

TEST(DepthToSpace, GivesKerasValues) {
  expect_values(ops::depth_to_space(ramp({1, 1, 2, 8}), 2), {1, 2, 4, 2},
                {-1.25f, 0.5f, -0.5f, 1.25f, -1, 0.75f, -0.25f, -1.25f, 0.25f, -0.75f, 1, 0, 0.5f,
                 -0.5f, 1.25f, 0.25f});
  expect_values(ops::depth_to_space(ramp({1, 8, 1, 2}), 2, {.data_format = "channels_first"}),
                {1, 2, 2, 4},
                {-1.25f, -0.5f, 0.5f, 1.25f, 0.25f, 1, -0.75f, 0, -1, -0.25f, 0.75f, -1.25f, 0.5f,
                 1.25f, -0.5f, 0.25f});
  EXPECT_EQ(ops::depth_to_space(Input({4, 4, 8}), 2).shape(), (Shape{kUnknown, 8, 8, 2}));
}

TEST(DepthToSpace, IsTheInverseOfSpaceToDepth) {
  for (const char* format : {"channels_last", "channels_first"}) {
    const Tensor x = ramp({2, 4, 4, 4});
    const Tensor back = ops::depth_to_space(ops::space_to_depth(x, 2, {.data_format = format}), 2,
                                            {.data_format = format});
    EXPECT_EQ(back.to_vector<float>(), x.to_vector<float>()) << format;
  }
}

TEST(DepthToSpace, NamesSizesThatDoNotFit) {
  expect_error<ValueError>(
      [] {
        ops::depth_to_space(ramp({1, 2, 2, 3}), 2);
      },
      "The number of channels (3) must be divisible by block_size**2 (4).");
  expect_error<ValueError>(
      [] {
        ops::space_to_depth(ramp({1, 3, 2, 3}), 2);
      },
      "Height (3) and width (2) must be divisible by block_size (2).");
  expect_error<ShapeError>(
      [] {
        ops::depth_to_space(ramp({2, 4}), 2);
      },
      "`depth_to_space` requires a 4D input tensor. Received: x.shape=(2, 4)");
  expect_error<ValueError>([] { ops::space_to_depth(ramp({1, 2, 2, 3}), 0); }, "block_size=0");
  expect_error<ValueError>(
      [] {
        ops::space_to_depth(ramp({1, 2, 2, 3}), 2, {.data_format = "NHWC"});
      },
      "NHWC");
}

TEST(Unfold, GivesKerasValues) {
  expect_values(
      ops::unfold(ramp({1, 2, 3, 3}), 2), {1, 8, 4},
      {-1.25f, 0.5f,  1.25f,  0.25f, 0.5f,  -0.5f,  0.25f,  -0.75f, 1.25f,  0.25f,  1,
       0,      0.25f, -0.75f, 0,     -1,    0.75f,  -0.25f, 0.5f,   -0.5f,  -0.25f, -1.25f,
       -0.5f,  1.25f, 0.5f,   -0.5f, 0.25f, -0.75f, -0.5f,  1.25f,  -0.75f, 1});
  expect_values(ops::unfold(ramp({1, 1, 4, 3}), {2, 1},
                            {.dilation = {2, 1}, .padding = {0, 1}, .stride = {1, 2}}),
                {1, 2, 6}, {0, 0.5f, 0, 0, 0.25f, 0, 0, 0, 0, 0, -0.25f, 0});
}

TEST(Fold, GivesKerasValues) {
  expect_values(ops::fold(ramp({1, 8, 4}), {3, 3}, 2), {1, 2, 3, 3},
                {-1.25f, 0.75f, -0.75f, -1.5f, 3.5f, -0.5f, -0.25f, 0, 0.25f, -0.75f, 1.75f, -0.25f,
                 -0.5f, 0, 0.5f, 0.25f, -1.75f, 0.75f});
  expect_values(
      ops::fold(ops::unfold(ramp({1, 1, 4, 3}), 2, {.padding = 1}), {4, 3}, 2, {.padding = 1}),
      {1, 1, 4, 3}, {-5, 2, -2, 5, 1, -3, 4, 0, -4, 3, -1, -5});
}

TEST(Fold, HasGradientsAndSoHasUnfold) {
  expect_gradients(
      [](const Tensors& in) {
        const Tensor columns = ops::unfold(in[0], 2, {.stride = 2});
        return ops::fold(ops::square(columns), {4, 4}, 2, {.stride = 2});
      },
      {ramp<double>({1, 2, 4, 4})});
}

TEST(Fold, NamesSizesThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::unfold(ramp({1, 1, 2, 2}), 3);
      },
      "a block of 3 pixels does not fit into 2");
  expect_error<ShapeError>(
      [] {
        ops::fold(ramp({1, 8, 3}), {3, 3}, 2);
      },
      "x must be (N, C * 4, 4)");
  expect_error<ValueError>(
      [] {
        ops::unfold(ramp({1, 1, 2, 2}), 1, {.stride = 0});
      },
      "must be positive");
}

TEST(Psnr, GivesKerasValues) {
  expect_values(ops::psnr(ramp({2, 3}), ramp({2, 3}) * 0.5, 3), {}, {17.060648f});
  expect_error<ShapeError>(
      [] {
        ops::psnr(ramp({2, 3}), ramp({3, 2}), 1);
      },
      "Input shapes (2, 3) and (3, 2) must match for PSNR calculation.");
}

}  // namespace
}  // namespace keras
