#include "keras/layers/convolutional/separable_conv.h"

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

TEST(SeparableConv, ValuesOfKeras) {
  expect_values(
      of_ramps(SeparableConv1D(2, 2, {.padding = "same", .depth_multiplier = 2}), {1, 3, 2}),
      {1, 3, 2}, {-2.046875f, 0.15625f, -0.671875f, 1.328125f, -1.765625f, 0.21875f});
  expect_values(of_ramps(SeparableConv1D(1, 2, {.dilation_rate = 2, .use_bias = false}), {1, 4, 2}),
                {1, 2, 1}, {-2.140625f, 0.15625f});
  expect_values(of_ramps(SeparableConv2D(3, 2, {.strides = 2, .activation = "relu"}), {1, 4, 2, 2}),
                {1, 2, 1, 3}, {0, 2.53125f, 0, 0, 1.671875f, 0});
  expect_values(of_ramps(SeparableConv2D(2, {1, 3}, {.depth_multiplier = 2}), {1, 2, 3, 1}),
                {1, 2, 1, 2}, {-2.921875f, 1.5625f, 0.34375f, 1.4375f});
}

TEST(SeparableConv, ChannelsFirstIsTheTransposeOfChannelsLast) {
  const SeparableConv2D last(3, 2, {.depth_multiplier = 2});
  const SeparableConv2D first(3, 2, {.data_format = "channels_first", .depth_multiplier = 2});
  const Tensor expected = of_ramps(last, {2, 4, 3, 2});
  const Tensor x = ops::transpose(ramp({2, 4, 3, 2}), {.axes = {0, 3, 1, 2}});
  first.build(x.shape());
  first.set_weights(last.get_weights());
  const Tensor y = ops::transpose(first(x), {.axes = {0, 2, 3, 1}});
  expect_values(y, expected.shape(), expected.to_vector<float>());
}

TEST(SeparableConv, ShapesOfSymbolicTensors) {
  EXPECT_EQ(SeparableConv1D(5, 3, {.depth_multiplier = 2})(Input({10, 2})).shape(),
            (Shape{kUnknown, 8, 5}));
  EXPECT_EQ(SeparableConv2D(5, 3, {.strides = 2})(Input({kUnknown, 9, 2})).shape(),
            (Shape{kUnknown, kUnknown, 4, 5}));
}

TEST(SeparableConv, WeightsAndTheirSettings) {
  const SeparableConv2D layer(5, {2, 3},
                              {.depth_multiplier = 4,
                               .pointwise_initializer = "ones",
                               .depthwise_regularizer = "l2",
                               .pointwise_constraint = "non_neg"});
  layer.build(Shape{kUnknown, 5, 5, 3});
  ASSERT_EQ(layer.weights().size(), 3u);
  const Variable depthwise = layer.weights()[0], pointwise = layer.weights()[1];
  EXPECT_EQ(depthwise.name(), "depthwise_kernel");
  EXPECT_EQ(depthwise.shape(), (Shape{2, 3, 3, 4}));
  EXPECT_TRUE(depthwise.regularizer() != nullptr);
  EXPECT_EQ(pointwise.name(), "pointwise_kernel");
  EXPECT_EQ(pointwise.shape(), (Shape{1, 1, 12, 5}));
  expect_values(pointwise.constraint()(Tensor::of<float>({-1, 2})), {2}, {0, 2});
  EXPECT_EQ(layer.weights()[2].shape(), (Shape{5}));
}

TEST(SeparableConv, Gradients) {
  expect_input_gradients(SeparableConv1D(3, 2, {.depth_multiplier = 2, .dtype = "float64"}),
                         {1, 4, 2});
  expect_input_gradients(
      SeparableConv2D(2, 2,
                      {.strides = 2, .padding = "same", .activation = "tanh", .dtype = "float64"}),
      {1, 3, 3, 2});
}

TEST(SeparableConv, GradientsOfTheWeights) {
  const SeparableConv1D layer(1, 2,
                              {.depthwise_initializer = "ones", .pointwise_initializer = "ones"});
  const Tensor x = Tensor::from(std::vector<float>{1, 10, 2, 20, 4, 40}, {1, 3, 2});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 3u);
  expect_values(gradients[0], {2, 2, 1}, {3, 30, 6, 60});
  expect_values(gradients[1], {1, 2, 1}, {9, 90});
  expect_values(gradients[2], {1}, {2});
}

TEST(SeparableConv, ConfigIsKeras) {
  expect_config_keys(
      SeparableConv2D(2, 3),
      {"depth_multiplier", "filters", "kernel_size", "strides", "padding", "data_format",
       "dilation_rate", "activation", "use_bias", "depthwise_initializer", "pointwise_initializer",
       "bias_initializer", "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer",
       "activity_regularizer", "depthwise_constraint", "pointwise_constraint", "bias_constraint"});
  expect_config_round_trip(SeparableConv1D(2, 3, {.padding = "same", .dilation_rate = 2}));
  expect_config_round_trip(SeparableConv2D(2, {2, 3},
                                           {.strides = 2,
                                            .data_format = "channels_first",
                                            .depth_multiplier = 3,
                                            .activation = "relu",
                                            .use_bias = false,
                                            .depthwise_initializer = "he_normal",
                                            .pointwise_initializer = "ones",
                                            .pointwise_regularizer = "l1",
                                            .activity_regularizer = "l2",
                                            .depthwise_constraint = "non_neg",
                                            .name = "c",
                                            .trainable = false}));
}

TEST(SeparableConv, RefusesBadArguments) {
  expect_error<ValueError>([] { SeparableConv2D(2, 3, {.depth_multiplier = 0}); },
                           "Received depth_multiplier=0.");
  expect_error<ValueError>([] { SeparableConv2D(-2, 3); }, "Received filters=-2.");
  expect_error<ValueError>([] { SeparableConv2D(2, 0); }, "The `kernel_size` argument");
  expect_error<ValueError>([] { SeparableConv2D(2, 3, {.strides = 0}); }, "The `strides` argument");
  expect_error<ValueError>([] { SeparableConv1D(2, 3, {.padding = "causal"}); }, "causal");
  expect_error<ShapeError>(
      [] {
        SeparableConv2D(2, 3)(ops::zeros({1, 2, 2}));
      },
      "expected min_ndim=4");
  expect_error<ValueError>(
      [] {
        SeparableConv2D(2, 3)(Input({8, 8, kUnknown}));
      },
      "channel dimension");
}

}  // namespace
}  // namespace keras::layers
