#include "keras/layers/reshaping/reshape.h"

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

TEST(Reshape, KeepsTheOrderOfElements) {
  const Reshape layer({3, -1});
  expect_values(layer(counted({2, 6})), {2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_EQ(layer(ops::zeros({0, 6})).shape(), (Shape{0, 3, 2}));
  EXPECT_EQ(Reshape({-1, 2, 2})(Input({12})).shape(), (Shape{kUnknown, 3, 2, 2}));
  expect_input_gradients(Reshape({3, 2}, {.dtype = "float64"}), {2, 2, 3});
}

TEST(Reshape, ConfigIsKeras) {
  const Reshape layer({2, -1}, {.name = "r", .trainable = false});
  expect_config_keys(layer, {"target_shape"});
  EXPECT_EQ(layer.get_config().at("target_shape"), Config::list({2, -1}));
  expect_config_round_trip(layer);
}

TEST(Reshape, RefusesShapesThatDoNotFit) {
  expect_error<ValueError>([] { Reshape({-1, -1}); }, "at most one unknown dimension (-1)");
  expect_error<ValueError>([] { Reshape({2, -3}); }, "must be a non-negative integer");
  expect_error<ValueError>(
      [] {
        Reshape({2, 2})(ops::zeros({1, 6}));
      },
      "The total size of the tensor must be unchanged. Received: "
      "input_shape=(6,), target_shape=[2, 2]");
  expect_error<ValueError>([] { Reshape({4, -1})(ops::zeros({1, 6})); }, "cannot by divided");
}

}  // namespace
}  // namespace keras::layers
