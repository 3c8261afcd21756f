#include "keras/layers/core/masking.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_input_gradients;
using testing::expect_values;

Tensor steps() { return Tensor::from(std::vector<float>{0, 0, 1, 0, -1, -1, 0, 2}, {1, 4, 2}); }

TEST(Masking, HidesStepsOfTheMaskValue) {
  const Tensor zeros = Masking()(steps());
  expect_values(zeros, {1, 4, 2}, {0, 0, 1, 0, -1, -1, 0, 2});
  ASSERT_TRUE(zeros.mask());
  EXPECT_EQ(zeros.mask()->to_vector<float>(), (std::vector<float>{0, 1, 1, 1}));
  const Tensor minus_ones = Masking({.mask_value = -1})(steps());
  expect_values(minus_ones, {1, 4, 2}, {0, 0, 1, 0, 0, 0, 0, 2});
  EXPECT_EQ(minus_ones.mask()->to_vector<float>(), (std::vector<float>{1, 1, 0, 1}));
  EXPECT_EQ(Masking()(Input({5, 3})).shape(), (Shape{kUnknown, 5, 3}));
}

TEST(Masking, Gradients) { expect_input_gradients(Masking({.dtype = "float64"}), {2, 3, 2}); }

TEST(Masking, ConfigIsKeras) {
  expect_config_keys(Masking(), {"mask_value"});
  expect_config_round_trip(Masking({.mask_value = -1.5, .name = "m"}));
}

}  // namespace
}  // namespace keras::layers
