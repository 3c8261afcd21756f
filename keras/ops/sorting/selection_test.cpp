#include "keras/ops/selection.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/compiled_function.h"
#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using Integers = std::vector<std::int32_t>;

Tensor numbers() { return Tensor::from(Integers{3, 0, 2, 0, 3, 2}, {2, 3}); }

TEST(Nonzero, GivesKerasValues) {
  const Tensors places = ops::nonzero(numbers());
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].to_vector<std::int32_t>(), (Integers{0, 0, 1, 1}));
  EXPECT_EQ(places[1].to_vector<std::int32_t>(), (Integers{0, 2, 1, 2}));
  EXPECT_EQ(places[0].dtype(), DType::kInt32);
  const Tensors above = ops::where(ops::greater(numbers(), 2));
  EXPECT_EQ(above[0].to_vector<std::int32_t>(), (Integers{0, 1}));
  EXPECT_EQ(above[1].to_vector<std::int32_t>(), (Integers{0, 1}));
  EXPECT_EQ(ops::nonzero(ops::zeros({2, 2}))[1].shape(), (Shape{0}));
}

TEST(Nonzero, SaysWhereItsSizeIsNotKnown) {
  expect_error<ValueError>([] { ops::nonzero(Input({3})); }, "nonzero: the size of the result");
  const auto compiled = compile([](const Tensor& x) { return ops::where(x)[0]; });
  expect_error<ValueError>([&] { compiled(numbers()); }, "where: the size of the result");
}

TEST(Unique, GivesKerasValues) {
  const auto [values, index, inverse, counts] = ops::unique(numbers());
  EXPECT_EQ(values.to_vector<std::int32_t>(), (Integers{0, 2, 3}));
  EXPECT_EQ(index.to_vector<std::int32_t>(), (Integers{1, 2, 0}));
  EXPECT_EQ(inverse.to_vector<std::int32_t>(), (Integers{2, 0, 1, 0, 2, 1}));
  EXPECT_EQ(inverse.shape(), numbers().shape());
  EXPECT_EQ(counts.to_vector<std::int32_t>(), (Integers{2, 2, 2}));
  EXPECT_EQ(ops::unique(ops::zeros({0})).values.shape(), (Shape{0}));
  expect_error<ValueError>([] { ops::unique(Input({3})); }, "unique: the size of the result");
}

TEST(Isin, GivesKerasValues) {
  const Tensor set = Tensor::of<std::int32_t>({2, 7});
  EXPECT_EQ(ops::isin(numbers(), set).to_vector<int>(), (std::vector{0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(ops::isin(numbers(), set, {.invert = true}).to_vector<int>(),
            (std::vector{1, 1, 0, 1, 1, 0}));
  EXPECT_EQ(ops::isin(Input({3}), set).dtype(), DType::kBool);
}

}  // namespace
}  // namespace keras
