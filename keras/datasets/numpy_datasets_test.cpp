#include "keras/datasets/numpy_datasets.h"

#include <gtest/gtest.h>

#include "keras/datasets/numpy_shuffle.h"
#include "keras/engine/error.h"
#include "tests/support/tensors.h"

namespace keras::datasets {
namespace {

using testing::expect_error;

TEST(NumpyDatasets, ShuffleAsNumPy) {
  EXPECT_EQ(numpy_shuffle(10, 113), (std::vector<std::size_t>{9, 3, 6, 1, 0, 7, 4, 8, 2, 5}));
  EXPECT_EQ(numpy_shuffle(1, 113), (std::vector<std::size_t>{0}));
}

TEST(NumpyDatasets, RefuseBadArguments) {
  expect_error<ValueError>([] { boston_housing::load_data({.test_split = 1}); },
                           "Invalid `test_split` argument: 1");
  expect_error<ValueError>([] { california_housing::load_data("medium"); },
                           "Received: version=medium");
  expect_error<ValueError>([] { mnist::load_data({.path = "a/b.npz"}); },
                           "`fname` must be the name of a file");
}

}  // namespace
}  // namespace keras::datasets
