#include "keras/layers/normalization/unit_normalization.h"

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

TEST(UnitNormalization, ValuesOfKeras) {
  expect_values(UnitNormalization()(ramp({2, 3})), {2, 3},
                {-0.8703883f, 0.3481553f, -0.3481553f, 0.8451542f, 0.1690308f, -0.5070925f});
  expect_values(
      UnitNormalization({.axis = {1, 2}})(ramp({2, 2, 2})), {2, 2, 2},
      {-0.6565321f, 0.2626128f, -0.2626128f, 0.6565321f, 0.1961161f, -0.5883484f, 0.7844645f, 0});
  expect_values(UnitNormalization()(ops::zeros({1, 2})), {1, 2}, {0, 0});
  EXPECT_EQ(UnitNormalization({.axis = 1})(Input({kUnknown, 3})).shape(),
            (Shape{kUnknown, kUnknown, 3}));
}

TEST(UnitNormalization, PassesMasksOn) {
  const Tensor mask = ops::ones({2, 3}, DType::kBool);
  EXPECT_NE(UnitNormalization()(ramp({2, 3, 4}).with_mask(mask)).mask(), nullptr);
}

TEST(UnitNormalization, Gradients) {
  expect_input_gradients(UnitNormalization({.dtype = "float64"}), {2, 3});
  expect_input_gradients(UnitNormalization({.axis = {1, 2}, .dtype = "float64"}), {2, 2, 3});
}

TEST(UnitNormalization, ConfigIsKeras) {
  expect_config_keys(UnitNormalization(), {"axis"});
  EXPECT_EQ(UnitNormalization().get_config().at("axis"), Config(-1));
  expect_config_round_trip(UnitNormalization({.axis = {1, 2}, .name = "u"}));
}

TEST(UnitNormalization, RefusesBadArguments) {
  expect_error<ValueError>([] { UnitNormalization({.axis = Axes()}); },
                           "Invalid value for `axis` argument");
  expect_error<ValueError>(
      [] {
        UnitNormalization({.axis = 2})(ramp({2, 3}));
      },
      "is out of bounds for input shape (2, 3)");
}

}  // namespace
}  // namespace keras::layers
