#include "keras/layers/preprocessing/category_encoding.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/layers/core/input_layer.h"
#include "keras/models/model.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

Tensor ids(const std::vector<std::int32_t>& values, const Shape& shape) {
  return Tensor::from(values, shape);
}

Tensor two_rows() { return ids({0, 2, 1, 3, 3, 0}, {2, 3}); }

TEST(CategoryEncoding, AgreesWithKeras) {
  const CategoryEncoding multi_hot(4);
  expect_values(multi_hot(two_rows()), {2, 4}, {1, 1, 1, 0, 1, 0, 0, 1});
  expect_values(multi_hot(ids({0, 2, 1}, {3})), {4}, {1, 1, 1, 0});
  expect_values(multi_hot(ids({2}, Shape())), {4}, {0, 0, 1, 0});
  expect_values(multi_hot(ids({0, 2, 1, 3, 3, 0}, {1, 2, 3})), {1, 3, 4},
                {1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0});
  const CategoryEncoding count(4, {.output_mode = "count"});
  expect_values(count(two_rows()), {2, 4}, {1, 1, 1, 0, 1, 0, 0, 2});
  const CategoryEncoding one_hot(4, {.output_mode = "one_hot"});
  expect_values(one_hot(ids({0, 3}, {2, 1})), {2, 4}, {1, 0, 0, 0, 0, 0, 0, 1});
  expect_values(one_hot(ids({0, 3}, {1, 2})), {1, 2, 4}, {1, 0, 0, 0, 0, 0, 0, 1});
  expect_values(one_hot(Tensor::of<float>({3})), {1, 4}, {0, 0, 0, 1});
}

TEST(CategoryEncoding, LeavesOutWhatIsOutOfRange) {
  expect_values(CategoryEncoding(2)(two_rows()), {2, 2}, {1, 1, 1, 0});
  expect_values(CategoryEncoding(2, {.output_mode = "count"})(ids({-1, 1, 7}, {3})), {2}, {0, 1});
}

TEST(CategoryEncoding, CountsWeights) {
  const CategoryEncoding layer(4, {.output_mode = "count"});
  const Tensor weights = Tensor::from(std::vector<float>{0.5f, 1, 2, 1, 3, 0.25f}, {2, 3});
  expect_values(layer(two_rows(), weights), {2, 4}, {0.5f, 2, 1, 0, 0.25f, 0, 0, 4});
  const Tensor x = Input({3}, {.dtype = "int32"});
  const Tensor w = Input({3});
  const Model model({x, w}, {layer(x, w)});
  expect_values(model({two_rows(), weights}), {2, 4}, {0.5f, 2, 1, 0, 0.25f, 0, 0, 4});
  expect_error<ValueError>([&] { CategoryEncoding(4)(two_rows(), weights); },
                           "`count_weights` is not used when `output_mode` is not `'count'`.");
}

TEST(CategoryEncoding, ConfigIsKeras) {
  const CategoryEncoding layer(4, {.output_mode = "binary"});
  expect_config_keys(layer, {"num_tokens", "output_mode"});
  EXPECT_EQ(layer.get_config().at("output_mode").as_string(), "multi_hot");
  expect_config_round_trip(layer);
  expect_config_round_trip(CategoryEncoding(3, {.output_mode = "count", .name = "c"}));
}

TEST(CategoryEncoding, RefusesBadArguments) {
  expect_error<ValueError>([] { CategoryEncoding(0); },
                           "`num_tokens` must be >= 1. Received: num_tokens=0.");
  expect_error<ValueError>([] { CategoryEncoding(3, {.output_mode = "int"}); },
                           "Unknown arg for output_mode: int");
  expect_error<ValueError>([] { CategoryEncoding(3, {.sparse = true}); }, "not supported");
  expect_error<ValueError>([] { CategoryEncoding::from_config(Config::dict()); },
                           "num_tokens must be set to use this layer.");
}

}  // namespace
}  // namespace keras::layers
