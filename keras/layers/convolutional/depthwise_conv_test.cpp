#include "keras/layers/convolutional/depthwise_conv.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::of_ramps;
using testing::ramp;

TEST(DepthwiseConv, ValuesOfKeras) {
  expect_values(
      of_ramps(DepthwiseConv1D(2, {.strides = 2, .padding = "same", .depth_multiplier = 2}),
               {1, 4, 2}),
      {1, 2, 4}, {0.1875f, 0.25f, 0.5f, 1.875f, -1.3125f, -0.125f, -0.125f, 0.3125f});
  expect_values(of_ramps(DepthwiseConv1D(2, {.dilation_rate = 2, .use_bias = false}), {1, 4, 2}),
                {1, 2, 2}, {1.4375f, -0.6875f, 0.125f, 0.625f});
  expect_values(
      of_ramps(DepthwiseConv2D({2, 3}, {.padding = "same", .activation = "relu"}), {1, 2, 3, 2}),
      {1, 2, 3, 2}, {0, 0, 2.6875f, 5, 0, 0, 0, 0, 0, 2.375f, 0.125f, 0});
  expect_values(of_ramps(DepthwiseConv2D(2, {.strides = 2, .depth_multiplier = 3}), {1, 2, 3, 2}),
                {1, 1, 1, 6}, {0.3125f, 0.375f, 1.125f, 2.625f, -0.875f, -2.3125f});
}

TEST(DepthwiseConv, ChannelsFirstIsTheTransposeOfChannelsLast) {
  const DepthwiseConv2D last(2, {.depth_multiplier = 2});
  const DepthwiseConv2D first(2, {.depth_multiplier = 2, .data_format = "channels_first"});
  const Tensor expected = of_ramps(last, {2, 4, 3, 2});
  const Tensor x = ops::transpose(ramp({2, 4, 3, 2}), {.axes = {0, 3, 1, 2}});
  first.build(x.shape());
  first.set_weights(last.get_weights());
  const Tensor y = ops::transpose(first(x), {.axes = {0, 2, 3, 1}});
  expect_values(y, expected.shape(), expected.to_vector<float>());
}

TEST(DepthwiseConv, ShapesOfSymbolicTensors) {
  EXPECT_EQ(DepthwiseConv1D(3, {.depth_multiplier = 2})(Input({10, 2})).shape(),
            (Shape{kUnknown, 8, 4}));
  EXPECT_EQ(DepthwiseConv2D(3, {.strides = 2})(Input({kUnknown, 9, 2})).shape(),
            (Shape{kUnknown, kUnknown, 4, 2}));
}

TEST(DepthwiseConv, WeightsAndTheirSettings) {
  const DepthwiseConv2D layer({2, 3}, {.depth_multiplier = 4,
                                       .depthwise_initializer = "ones",
                                       .bias_initializer = "ones",
                                       .depthwise_regularizer = "l2",
                                       .bias_constraint = "non_neg"});
  layer.build(Shape{kUnknown, 5, 5, 3});
  ASSERT_EQ(layer.weights().size(), 2u);
  EXPECT_EQ(layer.weights()[0].name(), "kernel");
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{2, 3, 3, 4}));
  EXPECT_TRUE(layer.weights()[0].regularizer() != nullptr);
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{12}));
  expect_values(layer.weights()[1].constraint()(Tensor::of<float>({-1, 2})), {2}, {0, 2});
}

TEST(DepthwiseConv, Gradients) {
  expect_input_gradients(DepthwiseConv1D(2, {.depth_multiplier = 2, .dtype = "float64"}),
                         {1, 4, 2});
  expect_input_gradients(
      DepthwiseConv2D(2,
                      {.strides = 2, .padding = "same", .activation = "tanh", .dtype = "float64"}),
      {1, 3, 3, 2});
}

TEST(DepthwiseConv, GradientsOfTheWeights) {
  const DepthwiseConv1D layer(2);
  const Tensor x = Tensor::from(std::vector<float>{1, 10, 2, 20, 4, 40}, {1, 3, 2});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  expect_values(gradients[0], {2, 2, 1}, {3, 30, 6, 60});
  expect_values(gradients[1], {2}, {2, 2});
}

TEST(DepthwiseConv, ConfigIsKeras) {
  expect_config_keys(DepthwiseConv2D(3),
                     {"depth_multiplier", "kernel_size", "strides", "padding", "data_format",
                      "dilation_rate", "activation", "use_bias", "depthwise_initializer",
                      "bias_initializer", "depthwise_regularizer", "bias_regularizer",
                      "activity_regularizer", "depthwise_constraint", "bias_constraint"});
  expect_config_round_trip(DepthwiseConv1D(3, {.padding = "same", .dilation_rate = 2}));
  expect_config_round_trip(DepthwiseConv2D({2, 3}, {.strides = 2,
                                                    .depth_multiplier = 3,
                                                    .data_format = "channels_first",
                                                    .activation = "relu",
                                                    .use_bias = false,
                                                    .depthwise_initializer = "he_normal",
                                                    .activity_regularizer = "l2",
                                                    .depthwise_constraint = "non_neg",
                                                    .name = "c",
                                                    .trainable = false}));
}

TEST(DepthwiseConv, RefusesBadArguments) {
  expect_error<ValueError>([] { DepthwiseConv2D(3, {.depth_multiplier = 0}); },
                           "Invalid value for argument `depth_multiplier`. Expected a strictly "
                           "positive value. Received depth_multiplier=0.");
  expect_error<ValueError>([] { DepthwiseConv2D(0); }, "The `kernel_size` argument");
  expect_error<ValueError>([] { DepthwiseConv1D({1, 2}); }, "The `kernel_size` argument");
  expect_error<ValueError>([] { DepthwiseConv2D(3, {.strides = 0}); }, "The `strides` argument");
  expect_error<ValueError>([] { DepthwiseConv1D(3, {.padding = "causal"}); }, "causal");
  expect_error<ShapeError>(
      [] {
        DepthwiseConv2D(3)(ops::zeros({1, 2, 2}));
      },
      "expected min_ndim=4");
  expect_error<ValueError>(
      [] {
        DepthwiseConv2D(3)(ops::zeros({1, 2, 2, 3}));
      },
      "Computed output size would be zero or negative");
  expect_error<ValueError>(
      [] {
        DepthwiseConv2D(3)(Input({8, 8, kUnknown}));
      },
      "channel dimension");
}

}  // namespace
}  // namespace keras::layers
