#include "keras/datasets/digits.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

namespace keras::datasets {
namespace {

std::array<int, 10> count_labels(const Tensor& y) {
  std::array<int, 10> counts{};
  for (const std::int32_t label : y.data<std::int32_t>())
    ++counts.at(static_cast<std::size_t>(label));
  return counts;
}

TEST(Digits, HasShapesAndTypes) {
  const auto [train, test] = digits::load_data();
  EXPECT_EQ(train.x.shape(), (Shape{1437, 8, 8, 1}));
  EXPECT_EQ(train.y.shape(), (Shape{1437}));
  EXPECT_EQ(test.x.shape(), (Shape{360, 8, 8, 1}));
  EXPECT_EQ(test.y.shape(), (Shape{360}));
  EXPECT_EQ(train.x.dtype(), DType::kFloat32);
  EXPECT_EQ(train.y.dtype(), DType::kInt32);
}

TEST(Digits, StartsWithAZeroForTestingAndAOneForTraining) {
  const auto [train, test] = digits::load_data();
  EXPECT_EQ(test.y.data<std::int32_t>()[0], 0);
  EXPECT_EQ(train.y.data<std::int32_t>()[0], 1);
  const std::array<float, 8> second_row{0, 0, 13, 15, 10, 15, 5, 0};
  for (std::size_t column = 0; column < second_row.size(); ++column)
    EXPECT_EQ(test.x.data<float>()[8 + column], second_row[column] / 16);
}

// The figures are those of scikit-learn's load_digits().
TEST(Digits, HasEveryDigitAsOftenAsTheSource) {
  const auto [train, test] = digits::load_data();
  EXPECT_EQ(count_labels(train.y),
            (std::array<int, 10>{136, 154, 151, 135, 143, 143, 151, 153, 138, 133}));
  EXPECT_EQ(count_labels(test.y), (std::array<int, 10>{42, 28, 26, 48, 38, 39, 30, 26, 36, 47}));
}

TEST(Digits, HasTheInkOfTheSource) {
  const auto [train, test] = digits::load_data();
  double ink = 0;
  for (const Tensor& x : {train.x, test.x})
    for (const float value : x.data<float>()) {
      ASSERT_EQ(value * 16, std::round(value * 16));
      ink += value * 16;
    }
  EXPECT_EQ(ink, 561718);
}

}  // namespace
}  // namespace keras::datasets
