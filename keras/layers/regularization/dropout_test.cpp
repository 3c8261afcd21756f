#include "keras/layers/regularization/dropout.h"

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
using testing::expect_values;

const CallOptions kTraining{.training = true};

TEST(Dropout, DoesNothingOutsideOfTraining) {
  const Tensor x = testing::ramp({3, 4});
  expect_values(Dropout(0.5)(x), {3, 4}, x.to_vector<float>());
  expect_values(Dropout(0.5)(x, {.training = false}), {3, 4}, x.to_vector<float>());
  expect_values(Dropout(0)(x, kTraining), {3, 4}, x.to_vector<float>());
  EXPECT_EQ(Dropout(0.5)(Input({4})).shape(), (Shape{kUnknown, 4}));
}

TEST(Dropout, DropsAShareAndScalesTheRest) {
  const auto values =
      Dropout(0.25, {.seed = 3})(ops::ones({100, 100}), kTraining).to_vector<float>();
  int dropped = 0;
  for (const float value : values) {
    if (value == 0)
      ++dropped;
    else
      ASSERT_FLOAT_EQ(value, 1 / 0.75f);
  }
  // Four standard deviations of the number of dropped ones.
  EXPECT_NEAR(dropped, 2500, 174);
  expect_values(Dropout(1)(ops::ones({2, 2}), kTraining), {2, 2}, {0, 0, 0, 0});
}

TEST(Dropout, DrawsAnewAtEachCallAndRepeatsWithTheSeed) {
  const Tensor x = ops::ones({64});
  const Dropout layer(0.5, {.seed = 7});
  const auto first = layer(x, kTraining).to_vector<float>();
  EXPECT_NE(layer(x, kTraining).to_vector<float>(), first);
  EXPECT_EQ(Dropout(0.5, {.seed = 7})(x, kTraining).to_vector<float>(), first);
  EXPECT_NE(Dropout(0.5, {.seed = 8})(x, kTraining).to_vector<float>(), first);
}

TEST(Dropout, NoiseShapeSharesDraws) {
  const Dropout layer(0.5, {.noise_shape = Shape{kUnknown, 1}, .seed = 1});
  const auto values = layer(ops::ones({32, 4}), kTraining).to_vector<float>();
  int kept = 0;
  for (std::size_t row = 0; row < 32; ++row) {
    for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(values[row * 4 + i], values[row * 4]);
    kept += values[row * 4] != 0;
  }
  EXPECT_GT(kept, 4);
  EXPECT_LT(kept, 28);
}

TEST(Dropout, PassesMasksOn) {
  const Tensor mask = ops::ones({2, 3}, DType::kBool);
  EXPECT_NE(Dropout(0.5)(ops::ones({2, 3, 1}).with_mask(mask), kTraining).mask(), nullptr);
}

TEST(Dropout, TheGradientIsDroppedAlike) {
  const Dropout layer(0.5, {.seed = 5});
  const Tensor output = Dropout(0.5, {.seed = 5})(ops::ones({16}), kTraining);
  const auto gradient =
      grad([&](const Tensor& x) { return ops::sum(layer(x, kTraining)); })(ops::ones({16}));
  expect_values(gradient, {16}, output.to_vector<float>());
}

TEST(Dropout, ConfigIsKeras) {
  const Dropout layer(0.5, {.noise_shape = Shape{kUnknown, 1, 2}});
  expect_config_keys(layer, {"rate", "seed", "noise_shape"});
  EXPECT_EQ(layer.get_config().at("noise_shape").to_string(), "[null, 1, 2]");
  EXPECT_TRUE(layer.get_config().at("seed").is_null());
  expect_config_round_trip(layer);
  expect_config_round_trip(Dropout(0.25, {.seed = 4, .name = "d"}));
}

TEST(Dropout, RefusesBadArguments) {
  expect_error<ValueError>([] { Dropout(1.5); },
                           "Invalid value received for argument `rate`. Expected a float value "
                           "between 0 and 1. Received: rate=1.5");
  expect_error<ValueError>([] { Dropout(-0.1); }, "`rate`");
  expect_error<ValueError>(
      [] {
        Dropout(0.5, {.noise_shape = Shape{0, 1}});
      },
      "Invalid value received for argument `noise_shape`. Expected all "
      "dimensions to be positive integers or None. Received negative or zero "
      "value at index 0: 0");
}

}  // namespace
}  // namespace keras::layers
