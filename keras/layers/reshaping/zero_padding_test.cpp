#include "keras/layers/reshaping/zero_padding.h"

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

TEST(ZeroPadding, PadsTheSpatialAxes) {
  expect_values(ZeroPadding1D({1, 2})(counted({1, 2, 2})), {1, 5, 2},
                {0, 0, 0, 1, 2, 3, 0, 0, 0, 0});
  expect_values(ZeroPadding2D({{1, 0}, {0, 2}})(counted({1, 2, 2, 1})), {1, 3, 4, 1},
                {0, 0, 0, 0, 0, 1, 0, 0, 2, 3, 0, 0});
  expect_values(ZeroPadding2D({1, 0}, {.data_format = "channels_first"})(counted({1, 1, 2, 2})),
                {1, 1, 4, 2}, {0, 0, 0, 1, 2, 3, 0, 0});
  EXPECT_EQ(ZeroPadding3D({{1, 1}, {0, 0}, {2, 1}})(Input({2, 3, 4, 5})).shape(),
            (Shape{kUnknown, 4, 3, 7, 5}));
  EXPECT_EQ(ZeroPadding2D()(Input({kUnknown, 3, 1})).shape(), (Shape{kUnknown, kUnknown, 5, 1}));
}

TEST(ZeroPadding, Gradients) {
  expect_input_gradients(ZeroPadding1D(1, {.dtype = "float64"}), {2, 3, 2});
  expect_input_gradients(ZeroPadding2D({{1, 0}, {2, 1}}, {.dtype = "float64"}), {1, 2, 3, 2});
  expect_input_gradients(ZeroPadding3D(1, {.dtype = "float64"}), {1, 2, 1, 2, 2});
}

TEST(ZeroPadding, ConfigIsKeras) {
  for (const Layer& layer : std::vector<Layer>{ZeroPadding1D(), ZeroPadding2D(), ZeroPadding3D()})
    expect_config_keys(layer, {"padding", "data_format"});
  EXPECT_EQ(ZeroPadding1D(2).get_config().at("padding").to_string(), "[2, 2]");
  EXPECT_EQ(ZeroPadding2D({1, 2}).get_config().at("padding").to_string(), "[[1, 1], [2, 2]]");
  expect_config_round_trip(ZeroPadding1D({1, 2}));
  expect_config_round_trip(ZeroPadding2D({{1, 1}, {0, 0}}, {.data_format = "channels_first"}));
  expect_config_round_trip(ZeroPadding3D(2, {.name = "z"}));
}

TEST(ZeroPadding, RefusesBadArguments) {
  expect_error<ValueError>([] { ZeroPadding1D(-1); },
                           "`padding` cannot be negative. Received: padding=-1.");
  expect_error<ValueError>(
      [] {
        ZeroPadding2D({1, 2, 3});
      },
      "`padding` should have 2 elements. Received: padding=[1, 2, 3].");
  expect_error<ValueError>([] { ZeroPadding3D({{1, 1}, {2, 2}}); }, "should have 3 elements");
  expect_error<ValueError>([] { ZeroPadding1D(1, {.data_format = "NHC"}); }, "`data_format`");
  expect_error<ValueError>([] { ZeroPadding1D(1)(ops::zeros({1, 2})); }, "expected ndim=3");
}

}  // namespace
}  // namespace keras::layers
