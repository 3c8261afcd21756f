#include "keras/layers/reshaping/up_sampling.h"

#include <gtest/gtest.h>

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

/// 0, 1, 2 …
Tensor counted(const Shape& shape) {
  return ops::reshape(ops::arange(shape.size(), DType::kFloat32), shape);
}

TEST(UpSampling, RepeatsElements) {
  expect_values(UpSampling1D(2)(counted({1, 2, 2})), {1, 4, 2}, {0, 1, 0, 1, 2, 3, 2, 3});
  expect_values(UpSampling2D({2, 3})(counted({1, 2, 1, 2})), {1, 4, 3, 2},
                {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3});
  expect_values(UpSampling2D({1, 2}, {.data_format = "channels_first"})(counted({1, 2, 1, 2})),
                {1, 2, 1, 4}, {0, 0, 1, 1, 2, 2, 3, 3});
  EXPECT_EQ(UpSampling3D({1, 2, 3})(Input({4, 3, kUnknown, 5})).shape(),
            (Shape{kUnknown, 4, 6, kUnknown, 5}));
}

TEST(UpSampling, Gradients) {
  expect_input_gradients(UpSampling1D(3, {.dtype = "float64"}), {2, 2, 2});
  expect_input_gradients(UpSampling2D({2, 3}, {.dtype = "float64"}), {1, 2, 2, 2});
  expect_input_gradients(UpSampling3D(2, {.dtype = "float64"}), {1, 1, 2, 2, 1});
}

TEST(UpSampling, ConfigIsKeras) {
  expect_config_keys(UpSampling1D(), {"size"});
  expect_config_keys(UpSampling2D(), {"size", "data_format", "interpolation"});
  expect_config_keys(UpSampling3D(), {"size", "data_format"});
  EXPECT_EQ(UpSampling1D().get_config().at("size"), Config(2));
  EXPECT_EQ(UpSampling2D(3).get_config().at("size"), Config::list({3, 3}));
  expect_config_round_trip(UpSampling1D(3));
  expect_config_round_trip(UpSampling2D({1, 3}, {.data_format = "channels_first"}));
  expect_config_round_trip(UpSampling3D(3, {.name = "u"}));
}

TEST(UpSampling, Interpolates) {
  expect_values(UpSampling2D({2, 1}, {.interpolation = "bicubic"})(testing::ramp({1, 2, 2, 1})),
                {1, 4, 2, 1},
                {-1.316177f, 0.4338236f, -1.094643f, 0.6553572f, -0.6553571f, 1.094643f,
                 -0.4338236f, 1.316177f});
  expect_config_round_trip(UpSampling2D(2, {.interpolation = "lanczos3"}));
}

TEST(UpSampling, RefusesBadArguments) {
  expect_error<ValueError>([] { UpSampling1D(0); },
                           "Argument `size` should be a positive integer. Received: size=0");
  expect_error<ValueError>([] { UpSampling2D({1, 2, 3}); }, "The `size` argument");
  expect_error<ValueError>([] { UpSampling2D(2, {.interpolation = "cubist"}); }, "cubist");
}

}  // namespace
}  // namespace keras::layers
