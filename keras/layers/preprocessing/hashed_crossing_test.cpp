#include "keras/layers/preprocessing/hashed_crossing.h"

#include <gtest/gtest.h>

#include "keras/engine/tensor/strings.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

// Values are those of Keras with TensorFlow.

TEST(HashedCrossing, IsKerass) {
  const Tensor letters = string_tensor({"A", "B", "A", "B", "A"});
  const Tensor numbers = Tensor::of<std::int32_t>({101, 101, 101, 102, 102});
  const Tensor bins = HashedCrossing(5)(Tensors{letters, numbers});
  EXPECT_EQ(bins.dtype(), DType::kInt64);
  EXPECT_EQ(bins.to_vector<int>(), (std::vector<int>{1, 4, 1, 1, 3}));
  const Tensor a = Tensor::from(std::vector<std::int64_t>{1, 2, -3}, {3, 1});
  const Tensor b = Tensor::from(std::vector<std::int64_t>{4, 5, 6}, {3, 1});
  const Tensor column = HashedCrossing(1000)(Tensors{a, b});
  EXPECT_EQ(column.shape(), (Shape{3, 1}));
  EXPECT_EQ(column.to_vector<int>(), (std::vector<int>{725, 438, 156}));
  const Tensor three = HashedCrossing(1000)(
      Tensors{string_tensor({"x", "yy", ""}),
              string_tensor({"a", "b", "long text of more than sixteen bytes"}),
              Tensor::of<std::int32_t>({7, 8, 9})});
  EXPECT_EQ(three.to_vector<int>(), (std::vector<int>{778, 905, 359}));
}

TEST(HashedCrossing, GivesVectors) {
  const HashedCrossing layer(3, {.output_mode = "one_hot"});
  expect_values(layer(Tensors{Tensor::of<std::int32_t>({1, 2}), Tensor::of<std::int32_t>({4, 5})}),
                {2, 3}, {1, 0, 0, 0, 1, 0});
}

TEST(HashedCrossing, ConfigIsKeras) {
  EXPECT_EQ(HashedCrossing(4, {.name = "h"}).get_config(), (Config{{"num_bins", 4},
                                                                   {"output_mode", "int"},
                                                                   {"sparse", false},
                                                                   {"name", "h"},
                                                                   {"dtype", "int64"}}));
  expect_config_round_trip(HashedCrossing(4, {.output_mode = "one_hot"}));
}

TEST(HashedCrossing, RefusesBadArguments) {
  const Tensor x = Tensor::of<std::int32_t>({1, 2});
  expect_error<ValueError>([] { HashedCrossing(0); }, "Received: num_bins=0");
  expect_error<ValueError>([] { HashedCrossing(2, {.output_mode = "count"}); },
                           "Unknown value for `output_mode` argument of HashedCrossing. Allowed "
                           "values are: ('int', 'one_hot'). Received: output_mode=count");
  expect_error<ValueError>([&] { HashedCrossing(2)(x); }, "list or tuple of inputs");
  expect_error<ShapeError>(
      [&] {
        HashedCrossing(2)(Tensors{x, Tensor::of<std::int32_t>({1})});
      },
      "should have equal shape");
  for (const DType dtype : {DType::kFloat32, DType::kBool})
    expect_error<DtypeError>(
        [&] {
          HashedCrossing(2)(Tensors{x, ops::cast(x, dtype)});
        },
        "integer or string dtype");
}

}  // namespace
}  // namespace keras::layers
