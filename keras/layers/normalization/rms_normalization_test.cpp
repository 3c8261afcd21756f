#include "keras/layers/normalization/rms_normalization.h"

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

TEST(RMSNormalization, ValuesOfKeras) {
  expect_values(of_ramps(RMSNormalization(), {2, 3}), {2, 3},
                {1.884444f, 0.3015111f, 0.3015111f, -1.829811f, 0.1463849f, 0.4391547f});
  expect_values(of_ramps(RMSNormalization({.axis = {-2, -1}, .epsilon = 0.5}), {1, 2, 3}),
                {1, 2, 3}, {1.421434f, 0.2274294f, 0.2274294f, 1.421434f, 0.05685735f, 0.5117162f});
  EXPECT_EQ(RMSNormalization()(Input({kUnknown, 3})).shape(), (Shape{kUnknown, kUnknown, 3}));
}

TEST(RMSNormalization, Gradients) {
  expect_input_gradients(RMSNormalization({.dtype = "float64"}), {2, 3});
  const RMSNormalization layer({.epsilon = 0});
  const Tensor x = Tensor::from(std::vector<float>{1, -7}, {1, 2});
  layer.build(x.shape());
  const auto [value, gradients] =
      value_and_grad([&] { return ops::sum(layer(x)); }, layer.trainable_weights());
  ASSERT_EQ(gradients.size(), 1u);
  expect_values(gradients[0], {2}, {0.2f, -1.4f});
}

TEST(RMSNormalization, ConfigIsKeras) {
  const RMSNormalization layer;
  expect_config_keys(layer, {"axis", "epsilon"});
  EXPECT_EQ(layer.get_config().at("axis"), Config(-1));
  layer.build(Shape{kUnknown, 3});
  EXPECT_EQ(layer.get_config().at("axis"), Config::list({-1}));
  expect_config_round_trip(RMSNormalization({.axis = {1, 2}, .epsilon = 0.1, .name = "r"}));
}

TEST(RMSNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { RMSNormalization({.axis = Axes()}); }, "`axis` must be an int");
  expect_error<ValueError>([] { RMSNormalization({.axis = 2})(ops::zeros({2, 3})); }, "axis");
  expect_error<ValueError>([] { RMSNormalization()(Input({kUnknown})); }, "should be defined");
}

}  // namespace
}  // namespace keras::layers
