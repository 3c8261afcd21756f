#include "keras/layers/pooling/pooling.h"

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
using testing::ramp;

TEST(Pooling, ValuesOfKeras) {
  const Tensor x = ramp({1, 4, 4, 1});
  expect_values(MaxPooling2D(2)(x), {1, 2, 2, 1}, {0.5f, 1.25f, 0.75f, 1.25f});
  expect_values(MaxPooling2D(3, {.strides = 2, .padding = "same"})(x), {1, 2, 2, 1},
                {1, 1.25f, 1.25f, 1.25f});
  expect_values(AveragePooling2D({2, 3}, {.strides = 1})(x), {1, 3, 2, 1},
                {-0.125f, 0.25f, 0, -0.0833333f, 0.125f, 0.0416667f});
  expect_values(AveragePooling2D(3, {.strides = 2, .padding = "same"})(x), {1, 2, 2, 1},
                {-0.1388889f, 0.0416667f, 0.125f, 0});
  expect_values(MaxPooling1D(2)(ramp({1, 5, 2})), {1, 2, 2}, {-0.5f, 1.25f, 1, 0});
  expect_values(AveragePooling3D({1, 2, 2})(ramp({1, 2, 2, 2, 1})), {1, 2, 1, 1, 1}, {0, 0.125f});
  expect_values(MaxPooling2D(2, {.data_format = "channels_first"})(ramp({1, 2, 2, 2})),
                {1, 2, 1, 1}, {1.25f, 1});
}

TEST(Pooling, ShapesOfSymbolicTensors) {
  EXPECT_EQ(AveragePooling1D()(Input({9, 2})).shape(), (Shape{kUnknown, 4, 2}));
  EXPECT_EQ(MaxPooling2D({2, 3})(Input({kUnknown, 9, 2})).shape(),
            (Shape{kUnknown, kUnknown, 3, 2}));
  EXPECT_EQ(MaxPooling3D(2, {.padding = "same"})(Input({5, 6, 7, 2})).shape(),
            (Shape{kUnknown, 3, 3, 4, 2}));
}

TEST(Pooling, Gradients) {
  expect_input_gradients(MaxPooling1D(2, {.strides = 1, .dtype = "float64"}), {1, 4, 2});
  expect_input_gradients(MaxPooling2D(2, {.padding = "same", .dtype = "float64"}), {1, 3, 3, 2});
  expect_input_gradients(AveragePooling2D(2, {.padding = "same", .dtype = "float64"}),
                         {1, 3, 3, 2});
  expect_input_gradients(AveragePooling3D(2, {.strides = 1, .dtype = "float64"}), {1, 2, 3, 2, 1});
}

TEST(Pooling, ConfigIsKeras) {
  const std::vector<Layer> all = {MaxPooling1D(),     MaxPooling2D(),     MaxPooling3D(),
                                  AveragePooling1D(), AveragePooling2D(), AveragePooling3D()};
  for (const Layer& layer : all)
    expect_config_keys(layer, {"pool_size", "padding", "strides", "data_format"});
  EXPECT_EQ(MaxPooling2D(3).get_config().at("strides"), Config::list({3, 3}));
  expect_config_round_trip(MaxPooling1D(3, {.strides = 1, .padding = "same"}));
  expect_config_round_trip(MaxPooling2D({2, 3}, {.data_format = "channels_first"}));
  expect_config_round_trip(MaxPooling3D({1, 2, 3}, {.name = "m"}));
  expect_config_round_trip(AveragePooling1D(3));
  expect_config_round_trip(AveragePooling2D({2, 3}, {.strides = {1, 2}}));
  expect_config_round_trip(AveragePooling3D(2, {.trainable = false, .dtype = "float16"}));
}

TEST(Pooling, RefusesBadArguments) {
  expect_error<ValueError>([] { MaxPooling2D(0); }, "The `pool_size` argument");
  expect_error<ValueError>([] { MaxPooling2D({1, 2, 3}); }, "The `pool_size` argument");
  expect_error<ValueError>([] { AveragePooling1D(2, {.strides = -1}); }, "The `strides` argument");
  expect_error<ValueError>([] { MaxPooling1D(2, {.padding = "causal"}); }, "causal");
  expect_error<ValueError>([] { MaxPooling1D(2, {.data_format = "NHC"}); }, "`data_format`");
  expect_error<ShapeError>([] { MaxPooling2D()(ops::zeros({1, 2, 2})); }, "expected ndim=4");
  expect_error<ValueError>([] { MaxPooling2D(3)(ops::zeros({1, 2, 2, 1})); }, "(1, 2, 2, 1)");
}

TEST(GlobalPooling, ValuesOfKeras) {
  expect_values(GlobalAveragePooling1D()(ramp({2, 3, 2})), {2, 2},
                {-0.5f, 0.3333333f, -0.0833333f, -0.1666667f});
  expect_values(GlobalMaxPooling2D({.keepdims = true})(ramp({1, 2, 2, 2})), {1, 1, 1, 2},
                {1, 1.25f});
  expect_values(GlobalAveragePooling3D({.data_format = "channels_first"})(ramp({1, 2, 1, 2, 2})),
                {1, 2}, {0, 0.125f});
}

TEST(GlobalPooling, TheMeanLeavesOutMaskedSteps) {
  const Tensor mask =
      ops::cast(Tensor::from(std::vector<float>{1, 1, 0, 1, 0, 0}, {2, 3}), DType::kBool);
  const Tensor y = GlobalAveragePooling1D()(ramp({2, 3, 2}).with_mask(mask));
  expect_values(y, {2, 2}, {-0.875f, 0.875f, 1, 0});
  EXPECT_EQ(y.mask(), nullptr);
  const Tensor first = GlobalAveragePooling1D({.data_format = "channels_first", .keepdims = true})(
      ops::swapaxes(ramp({2, 3, 2}), 1, 2).with_mask(mask));
  expect_values(first, {2, 2, 1}, {-0.875f, 0.875f, 1, 0});
}

TEST(GlobalPooling, ShapesOfSymbolicTensors) {
  EXPECT_EQ(GlobalMaxPooling1D()(Input({kUnknown, 2})).shape(), (Shape{kUnknown, 2}));
  EXPECT_EQ(GlobalAveragePooling2D({.keepdims = true})(Input({5, 6, 2})).shape(),
            (Shape{kUnknown, 1, 1, 2}));
  EXPECT_EQ(GlobalMaxPooling3D({.data_format = "channels_first"})(Input({5, 6, 2, 3})).shape(),
            (Shape{kUnknown, 5}));
}

TEST(GlobalPooling, Gradients) {
  expect_input_gradients(GlobalMaxPooling1D({.dtype = "float64"}), {2, 3, 2});
  expect_input_gradients(GlobalMaxPooling3D({.dtype = "float64"}), {1, 2, 2, 2, 2});
  expect_input_gradients(GlobalAveragePooling2D({.dtype = "float64"}), {2, 2, 3, 2});
}

TEST(GlobalPooling, ConfigIsKeras) {
  const std::vector<Layer> all = {GlobalMaxPooling1D(),     GlobalMaxPooling2D(),
                                  GlobalMaxPooling3D(),     GlobalAveragePooling1D(),
                                  GlobalAveragePooling2D(), GlobalAveragePooling3D()};
  for (const Layer& layer : all) expect_config_keys(layer, {"data_format", "keepdims"});
  expect_config_round_trip(GlobalMaxPooling1D({.keepdims = true}));
  expect_config_round_trip(GlobalMaxPooling2D({.data_format = "channels_first"}));
  expect_config_round_trip(GlobalMaxPooling3D());
  expect_config_round_trip(GlobalAveragePooling1D({.name = "g"}));
  expect_config_round_trip(GlobalAveragePooling2D({.keepdims = true}));
  expect_config_round_trip(GlobalAveragePooling3D({.dtype = "float64"}));
}

TEST(GlobalPooling, RefusesBadArguments) {
  expect_error<ValueError>([] { GlobalMaxPooling2D({.data_format = "NHWC"}); }, "`data_format`");
  expect_error<ShapeError>([] { GlobalMaxPooling2D()(ops::zeros({1, 2, 2})); }, "expected ndim=4");
}

}  // namespace
}  // namespace keras::layers
