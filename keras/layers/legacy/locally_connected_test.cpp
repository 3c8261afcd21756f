#include "keras/layers/legacy/locally_connected.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers::legacy {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::of_ramps;
using testing::ramp;

TEST(LocallyConnected, ValuesOfKeras2) {
  expect_values(of_ramps(LocallyConnected1D(2, 2), {1, 3, 2}), {1, 2, 2},
                {1.1875f, 0.875f, -1.125f, -1.0f});
  expect_values(of_ramps(LocallyConnected1D(2, 2, {.strides = 2, .activation = "relu"}), {2, 5, 1}),
                {2, 2, 2}, {0.0625f, 0.5f, 0.625f, 1.625f, 0, 1.375f, 0, 1.25f});
  expect_values(of_ramps(LocallyConnected2D(2, {2, 1}, {.strides = {1, 2}}), {1, 3, 3, 2}),
                {1, 2, 2, 2}, {0.3125f, -0.25f, -2.25f, 2.1875f, 0.5f, -0.125f, -0.9375f, 1.375f});
}

TEST(LocallyConnected, ChannelsFirstAsKeras2HasIt) {
  const LocallyConnected2D layer(2, {1, 2}, {.data_format = "channels_first"});
  expect_values(of_ramps(layer, {1, 2, 2, 3}), {1, 2, 2, 2},
                {0.3125f, -1.125f, -0.5625f, 1.9375f, -0.5f, 0, 1.6875f, -0.0625f});
}

TEST(LocallyConnected, WeightsAndShapes) {
  const LocallyConnected2D layer(5, {2, 3}, {.kernel_regularizer = "l2", .name = "local"});
  EXPECT_EQ(layer(Input({6, 7, 3})).shape(), (Shape{kUnknown, 5, 5, 5}));
  ASSERT_EQ(layer.weights().size(), 2u);
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{25, 18, 5}));
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{5, 5, 5}));
  EXPECT_EQ(LocallyConnected1D(4, 3, {.strides = 2, .use_bias = false})(Input({9, 2})).shape(),
            (Shape{kUnknown, 4, 4}));
}

TEST(LocallyConnected, Gradients) {
  expect_input_gradients(LocallyConnected1D(2, 2, {.activation = "tanh", .dtype = "float64"}),
                         {2, 4, 2});
  expect_input_gradients(LocallyConnected2D(2, 2, {.strides = {2, 1}, .dtype = "float64"}),
                         {1, 4, 3, 2});
}

TEST(LocallyConnected, GradientsOfTheKernel) {
  const LocallyConnected1D layer(2, 2, {.use_bias = false, .dtype = "float64"});
  layer.build({1, 3, 1});
  const Tensor x = testing::distinct({2, 3, 1});
  testing::expect_gradients(
      [&](const Tensors& in) {
        layer.weights()[0].assign(in[0]);
        return layer(x);
      },
      {testing::distinct({2, 2, 2})});
}

TEST(LocallyConnected, ConfigsOfKeras2) {
  const LocallyConnected1D layer(2, 3, {.activation = "relu", .bias_constraint = "non_neg"});
  expect_config_keys(layer, {"filters", "kernel_size", "strides", "padding", "data_format",
                             "activation", "use_bias", "kernel_initializer", "bias_initializer",
                             "kernel_regularizer", "bias_regularizer", "activity_regularizer",
                             "kernel_constraint", "bias_constraint", "implementation"});
  expect_config_round_trip(layer);
  expect_config_round_trip(LocallyConnected2D(2, {1, 2}, {.strides = 2, .use_bias = false}));
  Config other = layer.get_config();
  other.set("implementation", 2);
  expect_error<ValueError>([&] { LocallyConnected1D::from_config(other); }, "implementation");
}

TEST(LocallyConnected, BadArguments) {
  expect_error<ValueError>([] { LocallyConnected1D(0, 2); }, "filters");
  expect_error<ValueError>([] { LocallyConnected2D(1, {2, 2, 2}); }, "kernel_size");
  expect_error<ValueError>(
      [] {
        LocallyConnected1D(1, 2)(Input({kUnknown, 2}));
      },
      "should be fully-defined");
  expect_error<ValueError>(
      [] {
        LocallyConnected1D(1, 4)(Input({3, 2}));
      },
      "Consider increasing the input size");
}

}  // namespace
}  // namespace keras::layers::legacy
