#include "keras/layers/preprocessing/center_crop.h"

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

TEST(CenterCrop, AgreesWithKeras) {
  expect_values(CenterCrop(2, 2)(ramp({1, 4, 3, 1})), {1, 2, 2, 1}, {1.25f, 0.25f, 1, 0});
  expect_values(CenterCrop(3, 3)(ramp({4, 3, 1})), {3, 3, 1},
                {-1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1, 0, -1});
  expect_values(CenterCrop(2, 1, {.data_format = "channels_first"})(ramp({1, 1, 4, 3})),
                {1, 1, 2, 1}, {0.25f, 0});
}

TEST(CenterCrop, EnlargesWhatIsTooSmallAsKeras) {
  expect_values(CenterCrop(2, 5)(ramp({1, 4, 3, 1})), {1, 2, 5, 1},
                {1.25f, 0.85f, 0.25f, -0.35f, -0.75f, 1.25f, 0.85f, 0.25f, -0.35f, -0.75f});
}

TEST(CenterCrop, GivesFloats) {
  const Tensor x = ops::reshape(ops::cast(ops::arange(0, 240, 20), DType::kUint8), {1, 4, 3, 1});
  const Tensor y = CenterCrop(2, 2)(x);
  EXPECT_EQ(y.dtype(), DType::kFloat32);
  expect_values(y, {1, 2, 2, 1}, {60, 80, 120, 140});
  EXPECT_EQ(CenterCrop(2, 5)(Input({kUnknown, kUnknown, 3})).shape(), (Shape{kUnknown, 2, 5, 3}));
}

TEST(CenterCrop, HasRightGradients) {
  expect_input_gradients(CenterCrop(2, 2, {.dtype = "float64"}), {1, 3, 4, 1});
  expect_input_gradients(CenterCrop(2, 4, {.dtype = "float64"}), {1, 3, 3, 1});
}

TEST(CenterCrop, ConfigIsKeras) {
  const CenterCrop layer(2, 3, {.data_format = "channels_first", .name = "c"});
  expect_config_keys(layer, {"data_format", "height", "width"});
  expect_config_round_trip(layer);
}

TEST(CenterCrop, RefusesBadArguments) {
  expect_error<ValueError>([] { CenterCrop(2, -2); },
                           "CenterCrop: `height` and `width` must be positive. Received: height=2 "
                           "and width=-2");
  expect_error<ShapeError>(
      [] {
        CenterCrop(2, 2)(ramp({3, 1}));
      },
      "size 3 (unbatched) or 4 (batched). Received: input_shape=(3, 1)");
  EXPECT_THROW(CenterCrop(2, 2, {.data_format = "x"}), ValueError);
}

}  // namespace
}  // namespace keras::layers
