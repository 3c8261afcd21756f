#include "keras/layers/convolutional/conv_transpose.h"

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

TEST(ConvTranspose, ValuesOfKeras) {
  expect_values(of_ramps(Conv1DTranspose(2, 3, {.strides = 2}), {1, 3, 2}), {1, 7, 2},
                {0.5625f, 1.75f, -1.9375f, -0.75f, 1.625f, 2, -2.3125f, 0, -0.5f, -2, -0.625f,
                 0.75f, -2.0625f, 1.375f});
  expect_values(
      of_ramps(Conv1DTranspose(1, 2, {.strides = 3, .padding = "same", .output_padding = 1}),
               {1, 3, 2}),
      {1, 7, 1}, {0.5625f, 0, -1.25f, 0, 0.5625f, -1.25f, -1.9375f});
  expect_values(of_ramps(Conv1DTranspose(1, 2, {.dilation_rate = 2}), {1, 3, 1}), {1, 5, 1},
                {0.3125f, -1.875f, -1.25f, -1, -1.5f});
  expect_values(
      of_ramps(
          Conv2DTranspose(2, {2, 3}, {.strides = {2, 1}, .padding = "same", .activation = "relu"}),
          {1, 2, 2, 1}),
      {1, 4, 2, 2},
      {0, 0, 0, 2.0625f, 0.5f, 0, 0, 2.4375f, 0, 0.5f, 0, 2.4375f, 0.5f, 0.125f, 0, 2.0625f});
  expect_values(of_ramps(Conv3DTranspose(1, {1, 2, 2}, {.strides = {1, 2, 1}}), {1, 2, 1, 2, 1}),
                {1, 2, 2, 3, 1},
                {0.3125f, -2.5f, -1, -0.625f, -3.0625f, -0.625f, -0.625f, -3.0625f, -0.625f, -1,
                 -2.5f, 0.3125f});
}

TEST(ConvTranspose, PlacesThatNoInputReaches) {
  expect_values(of_ramps(Conv2DTranspose(1, 2, {.strides = 3, .use_bias = false}), {1, 2, 1, 2}),
                {1, 6, 3, 1},
                {1.8125f, 1.25f, 0, -0.6875f, -1.25f, 0, 0, 0, 0, 1.25f, 1.8125f, 0, -1.0625f,
                 -0.5f, 0, 0, 0, 0});
  expect_values(of_ramps(Conv2DTranspose(1, 2, {.strides = 2, .output_padding = 1}), {1, 1, 2, 2}),
                {1, 3, 5, 1},
                {0.5625f, 0, 0, 0.5625f, -1.25f, -1.9375f, -2.5f, -2.3125f, -1.75f, -1.25f, -1.25f,
                 -1.25f, -1.25f, -1.25f, -1.25f});
}

TEST(ConvTranspose, ChannelsFirstIsTheTransposeOfChannelsLast) {
  const Conv2DTranspose last(3, 2, {.strides = 2});
  const Conv2DTranspose first(3, 2, {.strides = 2, .data_format = "channels_first"});
  const Tensor expected = of_ramps(last, {2, 4, 3, 2});
  const Tensor x = ops::transpose(ramp({2, 4, 3, 2}), {.axes = {0, 3, 1, 2}});
  first.build(x.shape());
  first.set_weights(last.get_weights());
  const Tensor y = ops::transpose(first(x), {.axes = {0, 2, 3, 1}});
  expect_values(y, expected.shape(), expected.to_vector<float>());
}

TEST(ConvTranspose, ShapesOfSymbolicTensors) {
  EXPECT_EQ(Conv1DTranspose(4, 3, {.strides = 2})(Input({10, 2})).shape(),
            (Shape{kUnknown, 21, 4}));
  EXPECT_EQ(
      Conv2DTranspose(4, 3, {.strides = 2, .padding = "same"})(Input({kUnknown, 9, 2})).shape(),
      (Shape{kUnknown, kUnknown, 18, 4}));
  EXPECT_EQ(Conv3DTranspose(4, {1, 2, 3})(Input({5, 6, 7, 2})).shape(),
            (Shape{kUnknown, 5, 7, 9, 4}));
}

TEST(ConvTranspose, WeightsAndTheirSettings) {
  const Conv2DTranspose layer(4, {2, 3},
                              {.kernel_initializer = "ones",
                               .bias_initializer = "ones",
                               .kernel_regularizer = "l2",
                               .bias_constraint = "non_neg"});
  layer.build(Shape{kUnknown, 5, 5, 6});
  ASSERT_EQ(layer.weights().size(), 2u);
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{2, 3, 4, 6}));
  EXPECT_TRUE(layer.weights()[0].regularizer() != nullptr);
  expect_values(layer.weights()[1].value(), {4}, {1, 1, 1, 1});
  expect_values(layer.weights()[1].constraint()(Tensor::of<float>({-1, 2})), {2}, {0, 2});
}

TEST(ConvTranspose, Gradients) {
  expect_input_gradients(Conv1DTranspose(2, 3, {.strides = 2, .dtype = "float64"}), {1, 3, 2});
  expect_input_gradients(
      Conv2DTranspose(2, 2, {.strides = 3, .activation = "tanh", .dtype = "float64"}),
      {1, 2, 2, 2});
  expect_input_gradients(
      Conv2DTranspose(1, 3, {.padding = "same", .dilation_rate = 2, .dtype = "float64"}),
      {1, 3, 2, 1});
  expect_input_gradients(Conv3DTranspose(1, {1, 2, 2}, {.dtype = "float64"}), {1, 1, 2, 2, 1});
}

TEST(ConvTranspose, GradientsOfTheWeights) {
  const Conv1DTranspose layer(1, 2, {.strides = 2});
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 4}, {1, 3, 1});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  expect_values(gradients[0], {2, 1, 1}, {7, 7});
  expect_values(gradients[1], {1}, {6});
}

TEST(ConvTranspose, ConfigIsKeras) {
  const Conv2DTranspose layer(2, 3, {.strides = 2});
  expect_config_keys(
      layer, {"filters", "kernel_size", "strides", "padding", "output_padding", "data_format",
              "dilation_rate", "activation", "use_bias", "kernel_initializer", "bias_initializer",
              "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
              "bias_constraint"});
  EXPECT_TRUE(layer.get_config().at("output_padding").is_null());
  EXPECT_EQ(
      Conv2DTranspose(2, 3, {.strides = 2, .output_padding = 1}).get_config().at("output_padding"),
      Config::list({1, 1}));
  expect_config_round_trip(Conv1DTranspose(2, 3, {.padding = "same", .dilation_rate = 2}));
  expect_config_round_trip(Conv2DTranspose(4, {2, 3},
                                           {.strides = 2,
                                            .padding = "same",
                                            .output_padding = {0, 1},
                                            .data_format = "channels_first",
                                            .activation = "relu",
                                            .use_bias = false,
                                            .kernel_initializer = "he_normal",
                                            .activity_regularizer = "l2",
                                            .kernel_constraint = "non_neg",
                                            .name = "c",
                                            .trainable = false}));
  expect_config_round_trip(Conv3DTranspose(1, {1, 2, 3}, {.dtype = "mixed_float16"}));
}

TEST(ConvTranspose, RefusesBadArguments) {
  expect_error<ValueError>([] { Conv2DTranspose(0, 3); }, "Received filters=0.");
  expect_error<ValueError>([] { Conv2DTranspose(4, 0); }, "The `kernel_size` argument");
  expect_error<ValueError>(
      [] {
        Conv2DTranspose(4, 2, {.strides = {1, 2, 3}});
      },
      "The `strides` argument");
  expect_error<ValueError>(
      [] {
        Conv2DTranspose(4, 2, {.strides = 2, .output_padding = {1, 2}});
      },
      "`output_padding` must be strictly less than `strides` for all dimensions. At dimension 1, "
      "`output_padding` is 2 but `strides` is 2.");
  expect_error<ValueError>([] { Conv2DTranspose(4, 3, {.strides = 2, .dilation_rate = 2}); },
                           "`strides > 1` not supported in conjunction with `dilation_rate > 1`");
  expect_error<ValueError>([] { Conv1DTranspose(4, 3, {.padding = "causal"}); }, "causal");
  expect_error<ShapeError>(
      [] {
        Conv2DTranspose(4, 3)(ops::zeros({1, 2, 2}));
      },
      "expected min_ndim=4");
  expect_error<ValueError>(
      [] {
        Conv2DTranspose(4, 3)(Input({8, 8, kUnknown}));
      },
      "channel dimension");
}

}  // namespace
}  // namespace keras::layers
