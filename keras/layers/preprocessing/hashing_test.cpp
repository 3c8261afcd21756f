#include "keras/layers/preprocessing/hashing.h"

#include <gtest/gtest.h>

#include "keras/engine/tensor/strings.h"
#include "keras/layers/core/input_layer.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

Tensor words() { return string_tensor({"A", "B", "C", "D", "E"}, {5, 1}); }

// The examples of Keras's documentation.
TEST(Hashing, GivesBinsAsKeras) {
  expect_values(Hashing(3)(words()), {5, 1}, {1, 0, 1, 1, 2});
  expect_values(
      Hashing(3, {.mask_value = std::string()})(string_tensor({"A", "B", "", "C", "D"}, {5, 1})),
      {5, 1}, {1, 1, 0, 2, 2});
  expect_values(Hashing(3, {.salt = {{133, 137}}})(words()), {5, 1}, {1, 2, 1, 0, 2});
  EXPECT_EQ(Hashing(3)(words()).dtype(), DType::kInt64);
}

TEST(Hashing, TakesNumbersAsTheirText) {
  const Tensor text = Hashing(7)(string_tensor({"1", "-2", "3"}));
  const auto bins = text.to_vector<float>();
  expect_values(Hashing(7)(Tensor::of<std::int32_t>({1, -2, 3})), {3}, bins);
  expect_values(Hashing(7)(Tensor::of<float>({1.7f, -2.2f, 3})), {3}, bins);
}

TEST(Hashing, EncodesAsKeras) {
  const Tensor hot = Hashing(3, {.output_mode = "one_hot"})(words());
  expect_values(hot, {5, 3}, {0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1});
  EXPECT_EQ(hot.dtype(), DType::kFloat32);
  expect_values(Hashing(3, {.output_mode = "count"})(string_tensor({"A", "B", "C"}, {1, 3})),
                {1, 3}, {1, 2, 0});
  EXPECT_EQ(Hashing(4, {.output_mode = "count"})(Input({2}, {.dtype = "string"})).shape(),
            (Shape{kUnknown, 4}));
}

TEST(Hashing, ConfigIsKeras) {
  expect_config_round_trip(Hashing(3, {.mask_value = std::string("x"), .salt = {{1, 2}}}));
  expect_config_round_trip(Hashing(3, {.mask_value = std::int64_t{4}, .output_mode = "count"}));
}

TEST(Hashing, RefusesBadArguments) {
  expect_error<ValueError>([] { Hashing(0); }, "Received: num_bins=0.");
  expect_error<ValueError>([] { Hashing(3, {.output_mode = "x"}); },
                           "Invalid value for argument `output_mode`");
  expect_error<ValueError>([] { Hashing(3, {.dtype = "float32"}); },
                           "`dtype` should be an integer type");
  expect_error<ValueError>([] { Hashing(3, {.output_mode = "count", .sparse = true}); },
                           "`sparse=True` is not supported");
  Config config = Hashing(3).get_config();
  config.set("mask_value", Config::list({1}));
  expect_error<ValueError>([&] { Hashing::from_config(config); }, "Expected an int");
  expect_error<DtypeError>([] { Hashing(3, {.mask_value = std::int64_t{4}})(words()); },
                           "`mask_value` is an integer");
}

}  // namespace
}  // namespace keras::layers
