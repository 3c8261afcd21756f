#include "keras/layers/preprocessing/resizing.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/layers/core/input_layer.h"
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

TEST(Resizing, AgreesWithKeras) {
  const Tensor x = ramp({1, 4, 3, 1});
  expect_values(Resizing(2, 2)(x), {1, 2, 2, 1}, {0.09375f, -0.375f, 0.625f, -0.875f});
  expect_values(Resizing(2, 2, {.antialias = true})(x), {1, 2, 2, 1},
                {0.2098215f, -0.3035715f, 0.5535715f, -0.6964287f});
  expect_values(Resizing(3, 5, {.interpolation = "bicubic"})(ramp({4, 3, 1})), {3, 5, 1},
                {-1.0712609f, -0.413971f, 0.4742889f, -0.1106177f, -0.6011829f, 1.3853186f,
                 0.9306203f, 0.125f, -0.5767258f, -0.9504719f, 0.8511831f, 0.4697409f, -0.2242889f,
                 -0.9183188f, -1.2997607f});
  expect_values(Resizing(2, 2, {.data_format = "channels_first"})(ramp({1, 1, 4, 3})), {1, 1, 2, 2},
                {0.09375f, -0.375f, 0.625f, -0.875f});
}

TEST(Resizing, KeepsProportionsAsKeras) {
  const Tensor x = ramp({1, 4, 3, 1});
  expect_values(Resizing(2, 2, {.crop_to_aspect_ratio = true})(x), {1, 2, 2, 1},
                {-0.359375f, -0.3125f, 0.8125f, -0.6875f});
  expect_values(Resizing(2, 4, {.pad_to_aspect_ratio = true, .fill_value = 0.5})(x), {1, 2, 4, 1},
                {0.5f, 0.046875f, -0.5f, 0.5f, 0.5f, 0.75f, -1, 0.5f});
}

TEST(Resizing, KeepsIntegers) {
  const Tensor x = ops::reshape(ops::cast(ops::arange(0, 240, 20), DType::kUint8), {1, 4, 3, 1});
  const Tensor y = Resizing(3, 2)(x);
  EXPECT_EQ(y.dtype(), DType::kUint8);
  expect_values(y, {1, 3, 2, 1}, {15, 45, 95, 125, 175, 205});
}

TEST(Resizing, TakesImagesOfAllSizes) {
  EXPECT_EQ(Resizing(2, 5)(Input({kUnknown, kUnknown, 3})).shape(), (Shape{kUnknown, 2, 5, 3}));
}

TEST(Resizing, HasRightGradients) {
  expect_input_gradients(Resizing(3, 2, {.dtype = "float64"}), {1, 2, 3, 1});
}

TEST(Resizing, ConfigIsKeras) {
  const Resizing layer(2, 3, {.interpolation = "nearest", .fill_value = 0.5, .name = "r"});
  expect_config_keys(layer,
                     {"data_format", "height", "width", "interpolation", "crop_to_aspect_ratio",
                      "pad_to_aspect_ratio", "fill_mode", "fill_value", "antialias"});
  expect_config_round_trip(layer);
}

TEST(Resizing, RefusesBadArguments) {
  expect_error<ValueError>([] { Resizing(0, 2); },
                           "Resizing: `height` and `width` must be positive. Received: height=0 "
                           "and width=2");
  expect_error<ValueError>([] { Resizing(2, 2, {.interpolation = "x"}); },
                           "Invalid value for argument `interpolation`.");
  expect_error<ValueError>([] { Resizing(2, 2, {.fill_mode = "reflect"}); },
                           "Only `'constant'` is supported. Received: fill_mode=reflect");
  expect_error<ValueError>(
      [] { Resizing(2, 2, {.crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true}); },
      "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.");
  EXPECT_THROW(Resizing(2, 2, {.data_format = "x"}), ValueError);
}

}  // namespace
}  // namespace keras::layers
