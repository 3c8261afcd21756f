#include "keras/layers/reshaping/flatten.h"

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

TEST(Flatten, MakesOneAxisOfAllButTheBatch) {
  expect_values(Flatten()(counted({2, 2, 2})), {2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  expect_values(Flatten({.data_format = "channels_first"})(counted({1, 2, 1, 3})), {1, 6},
                {0, 3, 1, 4, 2, 5});
  EXPECT_EQ(Flatten()(ops::zeros({3})).shape(), (Shape{3, 1}));
  EXPECT_EQ(Flatten()(ops::zeros({0, 2, 3})).shape(), (Shape{0, 6}));
  EXPECT_EQ(Flatten()(Input({10, 64})).shape(), (Shape{kUnknown, 640}));
  EXPECT_EQ(Flatten()(Input({kUnknown, 64})).shape(), (Shape{kUnknown, kUnknown}));
  expect_input_gradients(Flatten({.data_format = "channels_first", .dtype = "float64"}), {2, 2, 3});
}

TEST(Flatten, ConfigIsKeras) {
  expect_config_keys(Flatten(), {"data_format"});
  EXPECT_EQ(Flatten().get_config().at("data_format"), Config("channels_last"));
  expect_config_round_trip(Flatten({.data_format = "channels_first", .name = "f"}));
}

TEST(Flatten, RefusesBadArguments) {
  expect_error<ValueError>([] { Flatten({.data_format = "NHWC"}); }, "`data_format`");
  expect_error<ValueError>([] { Flatten()(ops::full({}, 1.0f)); }, "expected min_ndim=1");
}

}  // namespace
}  // namespace keras::layers
