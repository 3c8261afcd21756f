#include "keras/layers/core/einsum_dense.h"

#include <gtest/gtest.h>

#include "keras/initializers/initializers.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

/// Built, with ramps as weights, the bias half as large.
EinsumDense ready(EinsumDense layer, const Shape& input_shape) {
  layer.build(input_shape);
  Tensors values;
  for (const auto& weight : layer.weights())
    values.push_back(ramp(weight.shape()) * (values.empty() ? 1.0f : 0.5f));
  layer.set_weights(values);
  return layer;
}

// The expected values are Keras's.
TEST(EinsumDense, ProjectsToSeveralAxes) {
  const EinsumDense layer =
      ready(EinsumDense("abc,cde->abde", {kUnknown, 2, 3}, {.bias_axes = "de"}), {2, 2, 3});
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{3, 2, 3}));
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{2, 3}));
  expect_values(layer(ramp({2, 2, 3})), {2, 2, 2, 3},
                {1.1875f,  -0.125f, -0.75f,   -0.6875f, 0.0625f,  -0.5625f, -2.3125f, 1.25f,
                 -2.0625f, 2.1875f, 0.9375f,  -2.375f,  -2.375f,  1.25f,    -2.0f,    1.625f,
                 1.125f,   -2.125f, -2.4375f, 1.25f,    -1.9375f, 1.0625f,  1.3125f,  -1.875f});
}

TEST(EinsumDense, TakesAnEllipsisOnTheLeft) {
  const EinsumDense layer =
      ready(EinsumDense("...x,xy->...y", {2}, {.activation = "relu", .bias_axes = "y"}), {2, 2, 3});
  expect_values(layer(ramp({2, 2, 3})), {2, 2, 2}, {0.5625f, 0.625f, 0, 1.75f, 0, 1.5f, 0, 1.25f});
}

TEST(EinsumDense, TakesAnEllipsisOnTheRight) {
  const EinsumDense layer =
      ready(EinsumDense("ab...,bc->ac...", {3}, {.bias_axes = "c"}), {2, 2, 2});
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{3, 1}));
  expect_values(layer(ramp({2, 2, 2})), {2, 3, 2},
                {0.3125f, 0.3125f, -0.5f, 0.8125f, 0.75f, -1.4375f, 0.3125f, 0.3125f, 0.625f,
                 -0.125f, -1.125f, 0.125f});
}

TEST(EinsumDense, HasABiasAlongChosenAxes) {
  const EinsumDense layer =
      ready(EinsumDense("abc,cd->abd", {3, 2}, {.bias_axes = "bd"}), {2, 3, 2});
  EXPECT_EQ(layer.weights()[1].shape(), (Shape{3, 2}));
  expect_values(layer(ramp({2, 3, 2})), {2, 3, 2},
                {0.6875f, 0.25f, -0.25f, 1.9375f, 0.1875f, -1.1875f, -1.875f, 0.75f, 0.625f,
                 1.0625f, 1.0625f, -2.0625f});
  EXPECT_EQ(EinsumDense("ab,bc->ac", {2})(ramp({3, 4})).shape(), (Shape{3, 2}));
}

TEST(EinsumDense, ScalesTheKernelByWhatItSumsOver) {
  // Keras's rule for kernels in general would take the first two axes' product for the inputs.
  const EinsumDense layer("ab,bcd->acd", {40, 40},
                          {.kernel_initializer = initializers::HeUniform({.seed = 1})});
  layer.build(Shape{1, 6});
  const double largest = ops::max(ops::abs(layer.weights()[0].value())).to_vector<float>().front();
  EXPECT_LE(largest, 1.0);
  EXPECT_GT(largest, 0.99);
}

TEST(EinsumDense, HasRightGradients) {
  testing::expect_input_gradients(
      EinsumDense("abc,cde->abde", {kUnknown, 2, 2},
                  {.activation = "tanh", .bias_axes = "e", .dtype = "float64"}),
      {2, 3, 2});
}

TEST(EinsumDense, ConfigRoundTrip) {
  const EinsumDense layer("abc,cd->abd", {kUnknown, 4},
                          {.activation = "relu", .bias_axes = "d", .kernel_regularizer = "l2"});
  expect_config_round_trip(layer);
  testing::expect_config_keys(
      layer, {"output_shape", "equation", "activation", "bias_axes", "kernel_initializer",
              "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
              "kernel_constraint", "bias_constraint", "quantization_config"});
  Config single = layer.get_config();
  single.set("output_shape", 4);
  single.set("equation", "...c,cd->...d");
  EXPECT_EQ(EinsumDense::from_config(single)(ramp({2, 3, 5})).shape(), (Shape{2, 3, 4}));
  Config lora = layer.get_config();
  lora.set("lora_rank", 2);
  expect_error<ValueError>([&] { EinsumDense::from_config(lora); }, "lora_rank");
}

TEST(EinsumDense, RefusesEquationsThatDoNotFit) {
  const auto build = [](const char* equation, Shape output, const char* bias, Shape input) {
    return [=] { EinsumDense(equation, output, {.bias_axes = bias}).build(input); };
  };
  for (const char* equation : {"abc", "ab,bc", "ab,...bc->ac", "...ab,bc->ac", "a...,ab->b..."})
    expect_error<ValueError>(build(equation, {3}, "", {2, 4}), "Invalid einsum equation '");
  expect_error<ValueError>(build("abc,cd->abd", {5, 3}, "", {2, 4, 6}),
                           "Input shape and output shape do not match at shared dimension 'b'. "
                           "Input shape is 4, and output shape is 5.");
  expect_error<ValueError>(build("ab,bd->ace", {3, 3}, "", {2, 4}),
                           "Dimension 'c' was specified in the output 'ace'");
  expect_error<ValueError>(build("abc,cde->ab", {kUnknown}, "", {2, 4, 3}),
                           "Weight dimension 'd' did not have a match");
  expect_error<ValueError>(build("ab,bc->ac", {3}, "z", {2, 4}),
                           "Bias dimension 'z' was requested");
  expect_error<ValueError>(build("ab,bc->ac", {kUnknown}, "", {2, 4}),
                           "the size of the weight dimension 'c' is not known");
  expect_error<ValueError>(build("abc,cd->abd", {kUnknown, 3}, "", {2, 4}), "has 3 axes");
}

}  // namespace
}  // namespace keras::layers
