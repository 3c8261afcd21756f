#include "keras/layers/reshaping/permute.h"

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

TEST(Permute, MovesTheAxesAfterTheBatch) {
  const Permute layer({2, 1});
  expect_values(layer(counted({1, 2, 3})), {1, 3, 2}, {0, 3, 1, 4, 2, 5});
  EXPECT_EQ(Permute({3, 1, 2})(Input({2, 3, 4})).shape(), (Shape{kUnknown, 4, 2, 3}));
  expect_input_gradients(Permute({2, 1}, {.dtype = "float64"}), {2, 2, 3});
}

TEST(Permute, ConfigIsKeras) {
  const Permute layer({2, 1}, {.name = "p"});
  expect_config_keys(layer, {"dims"});
  EXPECT_EQ(layer.get_config().at("dims"), Config::list({2, 1}));
  expect_config_round_trip(layer);
}

TEST(Permute, RefusesDimsThatAreNoPermutation) {
  for (const std::vector<int>& dims : {std::vector<int>{1, 1}, {0, 1}, {1, 3}})
    expect_error<ValueError>([&] { Permute layer(dims); }, "must be consecutive and start from 1");
  expect_error<ValueError>([] { Permute({2, 1})(ops::zeros({1, 2})); }, "expected ndim=3");
}

}  // namespace
}  // namespace keras::layers
