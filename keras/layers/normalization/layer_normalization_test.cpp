#include "keras/layers/normalization/layer_normalization.h"

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
using testing::ramp;

TEST(LayerNormalization, NormalizesTheLastAxis) {
  const LayerNormalization layer;
  layer.build(Shape{kUnknown, 3});
  layer.set_weights({Tensor::of<float>({1, 2, 0.5f}), Tensor::of<float>({0, 0.25f, -1})});
  expect_values(layer(ramp({2, 3})), {2, 3},
                {-1.1613469f, 2.8049634f, -1.0580673f, 1.2238274f, 0.25f, -1.6119137f});
  EXPECT_EQ(LayerNormalization()(Input({5, 3})).shape(), (Shape{kUnknown, 5, 3}));
}

TEST(LayerNormalization, NormalizesSeveralAxesTogether) {
  const LayerNormalization layer({.axis = {1, 2}, .epsilon = 0.01, .center = false});
  layer.build(Shape{kUnknown, 2, 3});
  layer.set_weights({ramp({2, 3})});
  expect_values(layer(ramp({2, 2, 3})), {2, 2, 3},
                {1.7290329f, 0.3458066f, 0.2470047f, 1.9760376f, 0.0988019f, 0.5928113f,
                 -1.6901218f, 0.0751165f, 0.5258157f, 1.3145392f, -0.0375583f, 1.014073f});
}

TEST(LayerNormalization, NormalizesAnAxisInTheMiddle) {
  const LayerNormalization layer({.axis = 1});
  layer.build(Shape{kUnknown, 2, 3});
  layer.set_weights({ramp({2}), ramp({2})});
  expect_values(layer(ramp({2, 2, 3})), {2, 2, 3},
                {-0.0003998f, -2.461823f, -2.461823f, 0.99984f, 0.0152708f, 0.0152707f, -2.4618225f,
                 -2.461823f, -2.4618225f, 0.0152709f, 0.0152708f, 0.0152707f});
}

TEST(LayerNormalization, WeightsLieInTheOrderOfTheSortedAxes) {
  const LayerNormalization layer({.axis = {1, -1}});
  layer.build(Shape{kUnknown, 2, 3});
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{3, 2}));
  layer.set_weights({ramp({3, 2}), ramp({3, 2})});
  expect_values(layer(ramp({2, 2, 3})), {2, 2, 3},
                {0.4900752f, 0.848015f, -0.2514178f, 3.2386575f, 0.3494329f, -0.1534028f,
                 -2.951216f, 0.5756096f, 0.0292672f, 2.573168f, 0.2121952f, 0.2707297f});
}

TEST(LayerNormalization, ComputesHalvesInFloat32) {
  const LayerNormalization layer({.dtype = "mixed_float16"});
  // The squares of these overflow in float16.
  const Tensor y = layer(Tensor::from(std::vector<float>{-400, 0, 400}, {1, 3}));
  EXPECT_EQ(y.dtype(), DType::kFloat16);
  EXPECT_EQ(layer.weights()[0].dtype(), DType::kFloat32);
  expect_values(ops::cast(y, DType::kFloat32), {1, 3}, {-1.2247449f, 0, 1.2247449f}, 1e-3f);
}

TEST(LayerNormalization, Gradients) {
  expect_input_gradients(LayerNormalization({.dtype = "float64"}), {2, 4});
  expect_input_gradients(LayerNormalization({.axis = {1, 3}, .dtype = "float64"}), {2, 2, 2, 3});
}

TEST(LayerNormalization, GradientsOfTheWeights) {
  const LayerNormalization layer;
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 5, 3, 1}, {2, 3});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x) * x); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  // With beta the sums of x, with gamma those of x times the normalized x.
  expect_values(gradients[1], {3}, {6, 5, 4});
  expect_values(gradients[0], {3}, {4.8987491f, 0, 2.4469667f}, 1e-5f);
}

TEST(LayerNormalization, ConfigIsKeras) {
  const LayerNormalization layer({.axis = -2});
  expect_config_keys(layer, {"axis", "epsilon", "center", "scale", "rms_scaling",
                             "beta_initializer", "gamma_initializer", "beta_regularizer",
                             "gamma_regularizer", "beta_constraint", "gamma_constraint"});
  EXPECT_EQ(layer.get_config().at("axis"), Config(-2));
  layer.build(Shape{kUnknown, 2, 3});
  EXPECT_EQ(layer.get_config().at("axis"), Config::list_of(std::vector<int>{-2}));
  expect_config_round_trip(LayerNormalization({.axis = {1, 2},
                                               .epsilon = 0.25,
                                               .center = false,
                                               .scale = false,
                                               .gamma_initializer = "zeros",
                                               .beta_regularizer = "l2",
                                               .gamma_constraint = "non_neg",
                                               .name = "norm"}));
}

TEST(LayerNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { LayerNormalization({.axis = std::nullopt}); }, "'axis'");
  expect_error<ValueError>([] { LayerNormalization({.axis = 4})(ops::zeros({1, 2, 3})); }, "4");
  expect_error<ValueError>([] { LayerNormalization()(Input({2, kUnknown})); }, "should be defined");
  Config config = LayerNormalization().get_config();
  config.set("rms_scaling", true);
  expect_error<ValueError>([&] { LayerNormalization::from_config(config); }, "rms_scaling");
}

}  // namespace
}  // namespace keras::layers
