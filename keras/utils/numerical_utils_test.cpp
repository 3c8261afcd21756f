#include "keras/utils/numerical_utils.h"

#include <gtest/gtest.h>

#include <limits>

#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

using testing::expect_error;

TEST(ToCategorical, MarksTheClass) {
  const Tensor rows = to_categorical(Tensor::of<std::int32_t>({0, 2, 1}));
  EXPECT_EQ(rows.shape(), Shape({3, 3}));
  EXPECT_EQ(rows.to_vector<float>(), (std::vector<float>{1, 0, 0, 0, 0, 1, 0, 1, 0}));
  EXPECT_EQ(to_categorical(Tensor::of<std::int32_t>({0, 1}), {.num_classes = 4}).shape(),
            Shape({2, 4}));
}

TEST(ToCategorical, LosesALastAxisOfOne) {
  const Tensor labels = Tensor::from(std::vector<int>{1, 0}, {2, 1});
  EXPECT_EQ(to_categorical(labels).shape(), Shape({2, 2}));
  EXPECT_EQ(to_categorical(Tensor::from(std::vector<int>{1}, {1})).shape(), Shape({1, 2}));
}

TEST(ToCategorical, RefusesOtherClasses) {
  expect_error<ValueError>(
      [] {
        to_categorical(Tensor::of<std::int32_t>({0, 7}), {.num_classes = 5});
      },
      "index 7 is out of bounds for 5 classes");
  expect_error<ValueError>(
      [] {
        to_categorical(Tensor::of<std::int32_t>({-1, 1}));
      },
      "index -1 is out of bounds");
  expect_error<ValueError>(
      [] { to_categorical(Tensor::of<std::int32_t>({1}), {.num_classes = -2}); },
      "`num_classes` must not be negative. Received: num_classes=-2");
  expect_error<ValueError>(
      [] { to_categorical(Tensor::of<std::int64_t>({std::numeric_limits<std::int64_t>::max()})); },
      "the class number 9223372036854775807 is too large");
  expect_error<ValueError>([] { to_categorical(Tensor::from(std::vector<int>{}, {0})); },
                           "give `num_classes`");
}

TEST(Normalize, DividesByTheNorm) {
  const Tensor x = Tensor::from(std::vector<float>{3, 4, 0, 0}, {2, 2});
  EXPECT_EQ(normalize(x).to_vector<float>(), (std::vector<float>{0.6f, 0.8f, 0, 0}));
  EXPECT_EQ(normalize(x, {.axis = 0, .order = 1}).to_vector<float>(),
            (std::vector<float>{1, 1, 0, 0}));
}

}  // namespace
}  // namespace keras::utils
