#include "keras/layers/pooling/adaptive_pooling.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/nn.h"
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

TEST(AdaptivePooling, ValuesOfKeras) {
  expect_values(AdaptiveAveragePooling1D(3)(ramp({1, 5, 2})), {1, 3, 2},
                {-0.875f, 0.875f, 0.25f, 0.1666667f, 0, 0.375f});
  expect_values(AdaptiveMaxPooling1D(3)(ramp({1, 5, 2})), {1, 3, 2},
                {-0.5f, 1.25f, 1, 1.25f, 1, 0.75f});
  expect_values(AdaptiveAveragePooling2D({2, 3})(ramp({1, 3, 5, 1})), {1, 2, 3, 1},
                {-0.125f, 0.2083333f, 0.3125f, -0.3125f, -0.2083333f, 0.125f});
  expect_values(AdaptiveMaxPooling2D({2, 3}, {.data_format = "channels_first"})(ramp({1, 1, 3, 5})),
                {1, 1, 2, 3}, {1, 1.25f, 1.25f, 1, 1, 1.25f});
  expect_values(AdaptiveMaxPooling3D({1, 2, 2})(ramp({1, 2, 3, 3, 1})), {1, 1, 2, 2, 1},
                {1.25f, 1.25f, 1.25f, 1.25f});
  expect_values(AdaptiveAveragePooling3D(2)(ramp({1, 2, 3, 2, 1})), {1, 2, 2, 2, 1},
                {-0.875f, 0.875f, -0.125f, 0.25f, 0, 0.375f, -0.625f, -0.25f});
}

TEST(AdaptivePooling, MoreOutputsThanInputs) {
  expect_values(AdaptiveAveragePooling1D(5)(ramp({1, 3, 1})), {1, 5, 1},
                {-1.25f, -0.375f, 0.5f, 0, -0.5f});
  expect_values(AdaptiveMaxPooling1D(5)(ramp({1, 3, 1})), {1, 5, 1},
                {-1.25f, 0.5f, 0.5f, 0.5f, -0.5f});
}

TEST(AdaptivePooling, ShapesOfSymbolicTensors) {
  EXPECT_EQ(AdaptiveMaxPooling2D(3)(Input({8, 9, 2})).shape(), (Shape{kUnknown, 3, 3, 2}));
  EXPECT_EQ(AdaptiveAveragePooling1D(4)(Input({kUnknown, 2})).shape(), (Shape{kUnknown, 4, 2}));
  EXPECT_EQ(ops::adaptive_max_pool(Input({5, 6, 2}), {2, 3}).shape(), (Shape{kUnknown, 2, 3, 2}));
}

TEST(AdaptivePooling, Gradients) {
  expect_input_gradients(AdaptiveMaxPooling1D(3, {.dtype = "float64"}), {1, 5, 2});
  expect_input_gradients(AdaptiveAveragePooling2D({2, 3}, {.dtype = "float64"}), {1, 3, 5, 1});
  expect_input_gradients(AdaptiveMaxPooling3D(2, {.dtype = "float64"}), {1, 2, 3, 2, 2});
}

TEST(AdaptivePooling, ConfigIsKeras) {
  expect_config_keys(AdaptiveMaxPooling2D(3), {"output_size", "data_format"});
  EXPECT_EQ(AdaptiveMaxPooling2D(3).get_config().at("output_size"), Config::list({3, 3}));
  expect_config_round_trip(AdaptiveMaxPooling1D(3));
  expect_config_round_trip(AdaptiveMaxPooling2D({2, 3}, {.data_format = "channels_first"}));
  expect_config_round_trip(AdaptiveMaxPooling3D({1, 2, 3}, {.name = "m"}));
  expect_config_round_trip(AdaptiveAveragePooling1D(3, {.trainable = false}));
  expect_config_round_trip(AdaptiveAveragePooling2D({2, 3}));
  expect_config_round_trip(AdaptiveAveragePooling3D(2, {.dtype = "float16"}));
}

TEST(AdaptivePooling, RefusesBadArguments) {
  expect_error<ValueError>([] { AdaptiveMaxPooling2D(0); }, "The `output_size` argument");
  expect_error<ValueError>(
      [] {
        AdaptiveAveragePooling2D({1, 2, 3});
      },
      "The `output_size` argument");
  expect_error<ValueError>([] { AdaptiveMaxPooling1D(2, {.data_format = "NHC"}); },
                           "`data_format`");
  expect_error<ShapeError>(
      [] {
        AdaptiveMaxPooling2D(2)(ops::zeros({1, 2, 2}));
      },
      "expected ndim=4");
}

}  // namespace
}  // namespace keras::layers
