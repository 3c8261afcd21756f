#include "keras/layers/convolutional/conv.h"

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

TEST(Conv, ValuesOfKeras) {
  expect_values(of_ramps(Conv1D(2, 2, {.padding = "causal", .dilation_rate = 2}), {1, 4, 1}),
                {1, 4, 2}, {-0.625f, -1.0625f, -1.5f, 1.125f, 0.5625f, -0.75f, -2.5f, 2.3125f});
  expect_values(
      of_ramps(Conv2D(2, {2, 3}, {.strides = {2, 1}, .padding = "same", .activation = "relu"}),
               {1, 3, 3, 2}),
      {1, 2, 3, 2}, {0, 1.125f, 3.75f, 0, 0, 3.3125f, 0, 0.75f, 0, 0, 0, 2});
  expect_values(of_ramps(Conv2D(4, 2, {.groups = 2, .use_bias = false}), {1, 2, 3, 4}),
                {1, 1, 2, 4},
                {1.6875f, -0.75f, 1.9375f, -3.75f, 1.5625f, -0.5f, -1.5625f, 2.0625f});
  expect_values(of_ramps(Conv2D(2, 2, {.dilation_rate = 2}), {1, 4, 3, 1}), {1, 2, 1, 2},
                {-0.1875f, -1.5f, -3.5f, -0.375f});
  expect_values(of_ramps(Conv3D(1, {1, 2, 2}), {1, 2, 2, 3, 1}), {1, 2, 1, 2, 1},
                {0.25f, -3.1875f, -3.1875f, -3.1875f});
}

TEST(Conv, ChannelsFirstIsTheTransposeOfChannelsLast) {
  const Conv2D last(3, 2);
  const Conv2D first(3, 2, {.data_format = "channels_first"});
  const Tensor expected = of_ramps(last, {2, 4, 3, 2});
  const Tensor x = ops::transpose(ramp({2, 4, 3, 2}), {.axes = {0, 3, 1, 2}});
  first.build(x.shape());
  first.set_weights(last.get_weights());
  const Tensor y = ops::transpose(first(x), {.axes = {0, 2, 3, 1}});
  expect_values(y, expected.shape(), expected.to_vector<float>());
  const Conv1D causal_last(2, 3, {.padding = "causal"});
  const Conv1D causal_first(2, 3, {.padding = "causal", .data_format = "channels_first"});
  const Tensor steps = of_ramps(causal_last, {1, 5, 2});
  causal_first.build(Shape{1, 2, 5});
  causal_first.set_weights(causal_last.get_weights());
  const Tensor turned = causal_first(ops::swapaxes(ramp({1, 5, 2}), 1, 2));
  expect_values(ops::swapaxes(turned, 1, 2), steps.shape(), steps.to_vector<float>());
}

TEST(Conv, ShapesOfSymbolicTensors) {
  EXPECT_EQ(Conv1D(4, 3, {.padding = "causal", .dilation_rate = 2})(Input({10, 2})).shape(),
            (Shape{kUnknown, 10, 4}));
  EXPECT_EQ(Conv1D(4, 200)(Input({kUnknown, 2})).shape(), (Shape{kUnknown, kUnknown, 4}));
  EXPECT_EQ(Conv2D(4, 3, {.strides = 2})(Input({kUnknown, 9, 2})).shape(),
            (Shape{kUnknown, kUnknown, 4, 4}));
  EXPECT_EQ(Conv3D(4, {1, 2, 3}, {.padding = "same"})(Input({5, 6, 7, 2})).shape(),
            (Shape{kUnknown, 5, 6, 7, 4}));
}

TEST(Conv, WeightsAndTheirSettings) {
  const Conv2D layer(4, {2, 3},
                     {.groups = 2,
                      .kernel_initializer = "ones",
                      .bias_initializer = "ones",
                      .kernel_regularizer = "l2",
                      .bias_constraint = "non_neg"});
  layer.build(Shape{kUnknown, 5, 5, 6});
  ASSERT_EQ(layer.weights().size(), 2u);
  const Variable kernel = layer.weights()[0];
  const Variable bias = layer.weights()[1];
  EXPECT_EQ(kernel.name(), "kernel");
  EXPECT_EQ(kernel.shape(), (Shape{2, 3, 3, 4}));
  EXPECT_EQ(layer.count_params(), 2 * 3 * 3 * 4 + 4);
  expect_values(bias.value(), {4}, {1, 1, 1, 1});
  expect_values(ops::reshape(kernel.regularizer()(kernel.value()), {1}), {1}, {0.72f});
  expect_values(bias.constraint()(Tensor::of<float>({-1, 2})), {2}, {0, 2});
}

TEST(Conv, Gradients) {
  expect_input_gradients(Conv1D(2, 2, {.padding = "causal", .dtype = "float64"}), {1, 4, 2});
  expect_input_gradients(
      Conv2D(2, 2, {.strides = 2, .padding = "same", .activation = "tanh", .dtype = "float64"}),
      {1, 3, 3, 2});
  expect_input_gradients(Conv2D(2, 2, {.groups = 2, .dtype = "float64"}), {1, 3, 2, 4});
  expect_input_gradients(Conv3D(1, {1, 2, 2}, {.dtype = "float64"}), {1, 2, 2, 3, 1});
}

TEST(Conv, GradientsOfTheWeights) {
  const Conv1D layer(1, 2);
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 4}, {1, 3, 1});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  expect_values(gradients[0], {2, 1, 1}, {3, 6});
  expect_values(gradients[1], {1}, {2});
}

TEST(Conv, ConfigIsKeras) {
  const Conv2D layer(2, 3, {.strides = 2});
  expect_config_keys(
      layer,
      {"filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups",
       "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer",
       "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint"});
  EXPECT_EQ(layer.get_config().at("kernel_size"), Config::list({3, 3}));
  EXPECT_EQ(layer.get_config().at("strides"), Config::list({2, 2}));
  EXPECT_EQ(layer.get_config().at("data_format"), Config("channels_last"));
  expect_config_round_trip(
      Conv1D(2, 3, {.padding = "causal", .dilation_rate = 2, .activation = "relu"}));
  expect_config_round_trip(Conv2D(4, {2, 3},
                                  {.padding = "same",
                                   .data_format = "channels_first",
                                   .groups = 2,
                                   .use_bias = false,
                                   .kernel_initializer = "he_normal",
                                   .activity_regularizer = "l2",
                                   .kernel_constraint = "non_neg",
                                   .name = "c",
                                   .trainable = false}));
  expect_config_round_trip(Conv3D(1, {1, 2, 3}, {.dtype = "mixed_float16"}));
}

TEST(Conv, RefusesBadArguments) {
  expect_error<ValueError>([] { Conv2D(0, 3); },
                           "Invalid value for argument `filters`. Expected a strictly positive "
                           "value. Received filters=0.");
  expect_error<ValueError>([] { Conv2D(4, 3, {.groups = 0}); },
                           "The number of groups must be a positive integer. Received: groups=0.");
  expect_error<ValueError>([] { Conv2D(4, 3, {.groups = 3}); },
                           "The number of filters must be evenly divisible by the number of "
                           "groups. Received: groups=3, filters=4.");
  expect_error<ValueError>([] { Conv2D(4, 0); }, "The `kernel_size` argument");
  expect_error<ValueError>([] { Conv2D(4, {1, 2, 3}); }, "The `kernel_size` argument");
  expect_error<ValueError>([] { Conv2D(4, 3, {.strides = 0}); }, "The `strides` argument");
  expect_error<ValueError>([] { Conv2D(4, 3, {.strides = 2, .dilation_rate = 2}); },
                           "`strides > 1` not supported in conjunction with `dilation_rate > 1`");
  expect_error<ValueError>([] { Conv2D(4, 3, {.padding = "causal"}); }, "ausal");
  expect_error<ValueError>([] { Conv2D(4, 3, {.padding = "full"}); }, "full");
}

TEST(Conv, RefusesInputsThatDoNotFit) {
  expect_error<ValueError>(
      [] {
        Conv2D(4, 3, {.groups = 2})(ops::zeros({1, 5, 5, 3}));
      },
      "The number of input channels must be evenly divisible by the number "
      "of groups. Received groups=2, but the input has 3 channels");
  expect_error<ShapeError>([] { Conv2D(4, 3)(ops::zeros({1, 2, 2})); }, "expected min_ndim=4");
  expect_error<ValueError>(
      [] {
        Conv2D(4, 3)(ops::zeros({1, 2, 2, 3}));
      },
      "Computed output size would be zero or negative");
  expect_error<ValueError>(
      [] {
        Conv2D(4, 3)(ops::zeros({1, 4, 4, 4, 3}));
      },
      "Kernel shape must have the same length as input");
  expect_error<ValueError>([] { Conv2D(4, 3)(Input({8, 8, kUnknown})); }, "channel dimension");
}

}  // namespace
}  // namespace keras::layers
