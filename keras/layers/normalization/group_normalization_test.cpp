#include "keras/layers/normalization/group_normalization.h"

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

TEST(GroupNormalization, ValuesOfKeras) {
  expect_values(of_ramps(GroupNormalization({.groups = 2}), {2, 3, 4}), {2, 3, 4},
                {0.3568394f,  0.9820518f,  -0.1849171f,  3.007193f,  -2.05342f,  0.1786321f,
                 -1.057454f,  1.189407f,   -0.04487038f, 1.142736f,  -0.33034f,  -0.6283786f,
                 -1.962117f,  0.02525556f, -1.251352f,   1.67415f,   0.4116055f, 1.164642f,
                 -0.5242372f, -0.1436359f, -2.436861f,   0.2151533f, 0.2028772f, 2.037707f});
  expect_values(
      of_ramps(GroupNormalization({.groups = 3, .axis = -2, .scale = false}), {1, 2, 3, 2}),
      {1, 2, 3, 2},
      {-2.818492f, -0.7271692f, -0.1863886f, 1.735499f, 0.8394993f, -0.9464997f, -0.1296482f,
       -1.32469f, -0.7354994f, 1.186388f, -0.05350024f, -1.839499f});
}

TEST(GroupNormalization, OfInstances) {
  const GroupNormalization layer({.groups = -1, .axis = 1, .epsilon = 0.1, .center = false});
  expect_values(of_ramps(layer, {1, 2, 3}), {1, 2, 3},
                {1.329486f, -1.462435f, 0.1329486f, 0.5710402f, 0, -0.5710402f});
  EXPECT_EQ(layer.get_config().at("groups"), Config(2));
}

TEST(GroupNormalization, ShapesOfSymbolicTensors) {
  EXPECT_EQ(GroupNormalization({.groups = 2})(Input({kUnknown, 5, 4})).shape(),
            (Shape{kUnknown, kUnknown, 5, 4}));
}

TEST(GroupNormalization, ComputesHalvesInFloat32) {
  const GroupNormalization layer({.groups = 1, .dtype = "mixed_float16"});
  // The squares of these overflow in float16.
  const Tensor y = layer(Tensor::from(std::vector<float>{-400, 0, 400}, {1, 3}));
  EXPECT_EQ(y.dtype(), DType::kFloat16);
  expect_values(ops::cast(y, DType::kFloat32), {1, 3}, {-1.2247449f, 0, 1.2247449f}, 1e-3f);
}

TEST(GroupNormalization, PassesMasksOn) {
  const Tensor mask = ops::ones({2, 3}, DType::kBool);
  EXPECT_NE(GroupNormalization({.groups = 2})(ramp({2, 3, 4}).with_mask(mask)).mask(), nullptr);
}

TEST(GroupNormalization, Gradients) {
  expect_input_gradients(GroupNormalization({.groups = 2, .dtype = "float64"}), {2, 2, 4});
  expect_input_gradients(GroupNormalization({.groups = 1, .axis = 1, .dtype = "float64"}),
                         {1, 2, 3});
}

TEST(GroupNormalization, GradientsOfTheWeights) {
  const GroupNormalization layer({.groups = 1, .epsilon = 0});
  const Tensor x = Tensor::from(std::vector<float>{1, -1}, {1, 2});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 2u);
  expect_values(gradients[0], {2}, {1, -1});
  expect_values(gradients[1], {2}, {1, 1});
}

TEST(GroupNormalization, ConfigIsKeras) {
  expect_config_keys(
      GroupNormalization(),
      {"groups", "axis", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer",
       "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"});
  expect_config_round_trip(GroupNormalization());
  expect_config_round_trip(GroupNormalization({.groups = -1,
                                               .axis = 1,
                                               .epsilon = 0.1,
                                               .center = false,
                                               .scale = false,
                                               .beta_initializer = "ones",
                                               .gamma_initializer = "zeros",
                                               .beta_regularizer = "l1",
                                               .gamma_regularizer = "l2",
                                               .beta_constraint = "non_neg",
                                               .gamma_constraint = "unit_norm",
                                               .name = "g",
                                               .trainable = false}));
}

TEST(GroupNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { GroupNormalization({.groups = 0}); },
                           "Received an invalid value for argument `groups`");
  expect_error<ValueError>(
      [] {
        GroupNormalization({.groups = 4})(ramp({2, 3}));
      },
      "Number of groups (4) cannot be more than the number of channels (3).");
  expect_error<ValueError>(
      [] {
        GroupNormalization({.groups = 2})(ramp({2, 3}));
      },
      "Number of groups (2) must be a multiple of the number of channels (3).");
  expect_error<ValueError>([] { GroupNormalization({.groups = 2})(Input({kUnknown})); },
                           "Axis -1 of input tensor should have a defined dimension");
}

}  // namespace
}  // namespace keras::layers
