#include "keras/layers/reshaping/cropping.h"

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

TEST(Cropping, CutsTheSpatialAxes) {
  expect_values(Cropping1D({1, 2})(counted({1, 5, 1})), {1, 2, 1}, {1, 2});
  expect_values(Cropping2D({{1, 0}, {0, 2}})(counted({1, 2, 3, 2})), {1, 1, 1, 2}, {6, 7});
  expect_values(Cropping2D({1, 1}, {.data_format = "channels_first"})(counted({1, 2, 3, 3})),
                {1, 2, 1, 1}, {4, 13});
  expect_values(Cropping2D()(counted({1, 1, 2, 1})), {1, 1, 2, 1}, {0, 1});
  EXPECT_EQ(Cropping3D({{1, 1}, {0, 0}, {2, 1}})(Input({4, 3, 4, 5})).shape(),
            (Shape{kUnknown, 2, 3, 1, 5}));
  EXPECT_EQ(Cropping1D(1)(Input({kUnknown, 3})).shape(), (Shape{kUnknown, kUnknown, 3}));
}

TEST(Cropping, Gradients) {
  expect_input_gradients(Cropping1D(1, {.dtype = "float64"}), {2, 4, 2});
  expect_input_gradients(Cropping2D({{1, 0}, {0, 1}}, {.dtype = "float64"}), {1, 3, 3, 2});
  expect_input_gradients(Cropping3D(1, {.dtype = "float64"}), {1, 3, 3, 4, 1});
}

TEST(Cropping, ConfigIsKeras) {
  expect_config_keys(Cropping1D(), {"cropping"});
  for (const Layer& layer : std::vector<Layer>{Cropping2D(), Cropping3D()})
    expect_config_keys(layer, {"cropping", "data_format"});
  EXPECT_EQ(Cropping1D().get_config().at("cropping").to_string(), "[1, 1]");
  EXPECT_EQ(Cropping2D(2).get_config().at("cropping").to_string(), "[[2, 2], [2, 2]]");
  expect_config_round_trip(Cropping1D({0, 2}));
  expect_config_round_trip(Cropping2D({{1, 2}, {0, 0}}, {.data_format = "channels_first"}));
  expect_config_round_trip(Cropping3D(2, {.name = "c"}));
}

TEST(Cropping, RefusesBadArguments) {
  expect_error<ValueError>([] { Cropping2D(-1); },
                           "`cropping` cannot be negative. Received: cropping=-1.");
  expect_error<ValueError>([] { Cropping2D({{1, 1}}); }, "`cropping` should have 2 elements");
  expect_error<ValueError>(
      [] {
        Cropping1D({2, 3})(ops::zeros({1, 5, 1}));
      },
      "Values in `cropping` argument should be smaller than the corresponding "
      "spatial dimension of the input. Received: inputs.shape=(1, 5, 1), "
      "cropping=[2, 3]");
}

}  // namespace
}  // namespace keras::layers
