#include "keras/ops/nn/conv.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/ops/nn.h"
#include "keras/ops/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

TEST(Conv, GivesKerasValues) {
  expect_values(
      ops::conv(ramp({1, 4, 4, 2}), ramp({2, 2, 2, 3})), {1, 3, 3, 3},
      {2.625f,  0.9375f, -2.125f, 1.5625f,  1.4375f, -1.4375f, -0.1875f, -1.5f,  0.625f,
       1.125f,  0.875f,  1.3125f, -1.3125f, 0.0f,    0.625f,   0.375f,   0.5f,   -1.4375f,
       1.6875f, 0.125f,  1.3125f, -0.75f,   -0.75f,  0.625f,   -1.8125f, -0.25f, 1.3125f});
  expect_values(
      ops::conv(ramp({1, 5, 4, 2}), ramp({3, 3, 2, 2}), {.strides = 2, .padding = "same"}),
      {1, 3, 2, 2},
      {2.8125f, -4.5625f, -0.9375f, 1.875f, 2.25f, -0.4375f, -1.0625f, -1.6875f, -3.125f, 2.5f,
       0.75f, -1.0625f});
  expect_values(ops::conv(ramp({1, 5, 5, 1}), ramp({2, 2, 1, 2}), {.dilation_rate = 2}),
                {1, 3, 3, 2},
                {2.25f, -1.0625f, -2.0625f, 2.75f, 1.875f, -0.3125f, 2.0f, -0.5625f, -0.9375f,
                 -0.1875f, -1.125f, 0.1875f, -1.0f, -0.0625f, 2.25f, -1.0625f, -2.0625f, 2.75f});
}

TEST(Conv, SplitsChannelsIntoGroups) {
  expect_values(ops::conv(ramp({1, 3, 3, 4}), ramp({2, 2, 2, 4})), {1, 2, 2, 4},
                {1.6875f, -0.75f, 1.9375f, -3.75f, 1.5625f, -0.5f, -1.5625f, 2.0625f, 1.3125f, 0.0f,
                 -1.6875f, 2.0f, -1.5625f, 0.25f, -0.375f, 2.3125f});
}

TEST(Conv, TakesChannelsFirst) {
  expect_values(
      ops::conv(ramp({1, 2, 4, 4}), ramp({2, 2, 2, 1}), {.data_format = "channels_first"}),
      {1, 1, 3, 3}, {0.9375f, 1.125f, -0.0625f, 1.0f, -2.25f, -2.75f, 1.0625f, 1.25f, 1.4375f});
}

TEST(Conv, WorksInOneAndThreeDimensions) {
  expect_values(ops::conv(ramp({1, 6, 2}), ramp({3, 2, 2}), {.padding = "same"}), {1, 6, 2},
                {0.375f, -1.0f, 2.375f, 1.5f, -1.6875f, 1.875f, 1.125f, -3.25f, -0.1875f, 2.625f,
                 -0.4375f, 0.625f});
  expect_values(ops::conv(ramp({1, 3, 3, 3, 1}), ramp({2, 2, 2, 1, 1})), {1, 2, 2, 2, 1},
                {2.375f, -1.5625f, -1.1875f, -3.75f, -1.4375f, -0.5625f, -1.5625f, 3.4375f});
}

TEST(Conv, ConvolvesChannelsApart) {
  expect_values(ops::depthwise_conv(ramp({1, 3, 3, 2}), ramp({2, 2, 2, 2})), {1, 2, 2, 4},
                {-0.0625f, 1.0f, 1.9375f, 0.8125f, 1.5625f, -1.0625f, -3.125f, 0.3125f, -1.375f,
                 1.0f, 1.1875f, 0.6875f, -0.4375f, 1.0f, -0.4375f, 0.875f});
  expect_values(
      ops::separable_conv(ramp({1, 3, 3, 2}), ramp({2, 2, 2, 1}), ramp({1, 1, 2, 2})), {1, 2, 2, 2},
      {-2.234375f, 2.796875f, 0.4375f, -1.09375f, -1.4375f, 1.953125f, -0.484375f, -1.25f});
}

TEST(Conv, HasGradientsOfGradients) {
  const auto plain = [](const Tensors& in) {
    return ops::conv(in[0], in[1], {.strides = {2, 1}, .padding = "same"});
  };
  expect_gradients(plain, {ramp<double>({2, 4, 3, 2}), ramp<double>({3, 2, 2, 2})});
  const auto grouped = [](const Tensors& in) {
    return ops::conv(in[0], in[1], {.dilation_rate = {1, 2}});
  };
  expect_gradients(grouped, {ramp<double>({1, 3, 4, 4}), ramp<double>({2, 2, 2, 2})});
  const auto squared = [](const Tensors& in) {
    const Tensor y = ops::conv(in[0], in[1], {.strides = 2});
    return y * y;
  };
  testing::expect_second_gradients(squared, {ramp<double>({1, 4, 2}), ramp<double>({2, 2, 1})});
}

TEST(Conv, NamesWhatDoesNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::conv(ramp({1, 4, 4, 3}), ramp({2, 2, 2, 4}));
      },
      "The number of input channels must be evenly divisible by kernel's in_channels. Received "
      "input channels 3 and kernel in_channels 2.");
  expect_error<ShapeError>(
      [] {
        ops::conv(ramp({1, 4, 4, 4}), ramp({2, 2, 2, 3}));
      },
      "groups=2, filters=3");
  expect_error<ShapeError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({3, 3, 1, 1}));
      },
      "Computed output size would be zero or negative. Received `inputs "
      "shape=(1, 2, 2, 1)`");
  expect_error<ShapeError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({3, 1, 1}));
      },
      "Kernel shape must have the same length as input");
  expect_error<ValueError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({1, 1, 1, 1}), {.padding = "full"});
      },
      "The `padding` argument must be a list/tuple or one of {'valid', 'same'}. Received: full");
  expect_error<ValueError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({1, 1, 1, 1}), {.data_format = "NHWC"});
      },
      "The `data_format` argument must be one of {'channels_first', 'channels_last'}");
  expect_error<ValueError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({1, 1, 1, 1}), {.strides = {1, 2, 3}});
      },
      "The `strides` argument must be a tuple of 2 integers. Received strides=(1, 2, 3)");
  expect_error<ValueError>(
      [] {
        ops::conv(ramp({1, 2, 2, 1}), ramp({1, 1, 1, 1}), {.strides = 0});
      },
      "strides=0");
  expect_error<ShapeError>(
      [] {
        ops::depthwise_conv(ramp({1, 3, 3, 2}), ramp({2, 2, 1, 2}));
      },
      "input channels=2, kernel input channels=1");
}

TEST(ConvTranspose, GivesKerasValues) {
  const Tensor x = ramp({1, 2, 3, 1}), kernel = ramp({3, 3, 2, 1});
  expect_values(ops::conv_transpose(x, kernel, {.strides = 2, .padding = "same"}), {1, 4, 6, 2},
                {1.5625f,  -0.625f,  0.625f,   -1.5625f, -0.9375f, 1.1875f,  -0.25f, 0.625f,
                 0.75f,    -0.625f,  0.25f,    -0.625f,  -1.25f,   0.0f,     1.25f,  -0.9375f,
                 0.8125f,  1.5625f,  -0.5f,    0.375f,   -0.625f,  -0.625f,  0.5f,   -0.375f,
                 -2.1875f, 1.25f,    -2.1875f, 1.25f,    1.1875f,  -2.3125f, 0.5f,   0.4375f,
                 0.375f,   0.1875f,  -0.25f,   -1.0625f, 1.25f,    0.0f,     -1.25f, 0.9375f,
                 -0.0625f, -1.5625f, -0.25f,   0.1875f,  -0.8125f, -0.3125f, 0.75f,  -0.5625f});
  expect_values(
      ops::conv_transpose(x, kernel, {.strides = 2, .padding = "same", .output_padding = 0}),
      {1, 3, 5, 2}, {1.25f,  -0.9375f, 0.8125f,  1.5625f,  -0.5f,   0.375f,   -0.625f,  -0.625f,
                     0.5f,   -0.375f,  -2.1875f, 1.25f,    1.1875f, -2.3125f, 0.5f,     0.4375f,
                     0.375f, 0.1875f,  -0.25f,   -1.0625f, -1.25f,  0.9375f,  -0.0625f, -1.5625f,
                     -0.25f, 0.1875f,  -0.8125f, -0.3125f, 0.75f,   -0.5625f});
}

TEST(ConvTranspose, FillsWhatNoWindowReaches) {
  EXPECT_EQ(ops::conv_transpose(ramp({1, 2, 3, 1}), ramp({3, 3, 2, 1}),
                                {.strides = 2, .output_padding = 1})
                .shape(),
            (Shape{1, 6, 8, 2}));
  expect_values(ops::conv_transpose(ramp({1, 3, 1}), ramp({2, 1, 1}), {.output_padding = 1}),
                {1, 5, 1}, {1.5625f, -1.25f, 0.875f, -0.25f, 0.0f});
  expect_values(ops::conv_transpose(ramp({1, 3, 1}), ramp({2, 1, 1}), {.strides = 3}), {1, 9, 1},
                {1.5625f, -0.625f, 0.0f, -0.625f, 0.25f, 0.0f, 0.625f, -0.25f, 0.0f});
  expect_values(ops::conv_transpose(ramp({1, 3, 1}), ramp({2, 1, 1}),
                                    {.padding = "same", .dilation_rate = 2}),
                {1, 3, 1}, {-0.625f, 0.0f, 0.25f});
}

TEST(ConvTranspose, HasGradients) {
  expect_gradients(
      [](const Tensors& in) {
        return ops::conv_transpose(in[0], in[1], {.strides = 2, .padding = "same"});
      },
      {ramp<double>({1, 2, 3, 2}), ramp<double>({3, 2, 2, 2})});
}

TEST(ConvTranspose, NamesChannelsThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        ops::conv_transpose(ramp({1, 3, 2}), ramp({2, 2, 1}));
      },
      "The number of input channels must match the kernel's input channels.");
}

}  // namespace
}  // namespace keras
