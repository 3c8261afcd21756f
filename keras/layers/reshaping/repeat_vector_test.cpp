#include "keras/layers/reshaping/repeat_vector.h"

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

TEST(RepeatVector, RepeatsEachRow) {
  const RepeatVector layer(2);
  expect_values(layer(counted({2, 2})), {2, 2, 2}, {0, 1, 0, 1, 2, 3, 2, 3});
  EXPECT_EQ(RepeatVector(3)(Input({4})).shape(), (Shape{kUnknown, 3, 4}));
  expect_input_gradients(RepeatVector(3, {.dtype = "float64"}), {2, 3});
}

TEST(RepeatVector, ConfigIsKeras) {
  const RepeatVector layer(3, {.name = "r"});
  expect_config_keys(layer, {"n"});
  EXPECT_EQ(layer.get_config().at("n"), Config(3));
  expect_config_round_trip(layer);
}

TEST(RepeatVector, RefusesBadArguments) {
  expect_error<ValueError>([] { RepeatVector(0); },
                           "Argument `n` should be a positive integer. Received: n=0");
  expect_error<ValueError>([] { RepeatVector(2)(ops::zeros({1, 2, 3})); }, "expected ndim=2");
}

}  // namespace
}  // namespace keras::layers
