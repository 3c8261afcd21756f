#include "keras/quantizers/quantizers.h"

#include <gtest/gtest.h>

#include <limits>

#include "keras/engine/error.h"
#include "keras/ops/numpy.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/tensors.h"

namespace keras::quantizers {
namespace {

using keras::testing::expect_error;
using keras::testing::expect_tensor;

Tensor int8(const std::vector<float>& values, const Shape& shape) {
  return ops::cast(Tensor::from(values, shape), DType::kInt8);
}

TEST(AbsMaxQuantize, AgreesWithKeras) {
  const Tensor x = Tensor::from<float>({0.5, -1.25, 2, 0, 0, 0, -3, 1.5, 0.01f}, {3, 3});
  const Quantized rows = abs_max_quantize(x, -1);
  expect_tensor(rows.values, DType::kInt8, {3, 3}, {32, -79, 127, 0, 0, 0, -127, 64, 0});
  expect_tensor(rows.scale, DType::kFloat32, {3, 1}, {63.5f, 1.27e9f, 42.3333321f});
  const Quantized columns = abs_max_quantize(x, 0);
  expect_tensor(columns.values, DType::kInt8, {3, 3}, {21, -106, 127, 0, 0, 0, -127, 127, 1});
  expect_tensor(columns.scale, DType::kFloat32, {1, 3}, {42.3333321f, 84.6666565f, 63.5f});
  const Quantized all = abs_max_quantize(x, {0, 1});
  expect_tensor(all.values, DType::kInt8, {3, 3}, {21, -53, 85, 0, 0, 0, -127, 64, 0});
  // Halves go to the even number.
  const Tensor halves = Tensor::from<float>({2.5, 3.5, -0.5, 127}, {1, 4});
  expect_tensor(abs_max_quantize(halves, -1, {.epsilon = 0}).values, DType::kInt8, {1, 4},
                {2, 4, 0, 127});
  EXPECT_EQ(abs_max_quantize(ops::cast(x, DType::kBfloat16), -1).scale.dtype(), DType::kBfloat16);
}

TEST(AbsMaxQuantize, KeepsToBytesWhateverComes) {
  const float inf = std::numeric_limits<float>::infinity();
  const Tensor x =
      Tensor::from<float>({std::numeric_limits<float>::quiet_NaN(), 1, inf, 1}, {2, 2});
  const auto values = abs_max_quantize(x, -1).values.to_vector<float>();
  for (const float value : values) EXPECT_LE(std::abs(value), 127);
}

TEST(GroupedQuantize, AgreesWithKeras) {
  const Tensor x = Tensor::from<float>({1, -2, 3, 0.5, -1, 4, 2, 2, 0.25, -3}, {5, 2});
  const QuantizedGroups groups = abs_max_quantize_grouped_with_zero_point(x, 2);
  expect_tensor(groups.values, DType::kInt8, {5, 2}, {-1, -8, 7, 7, -8, 7, 7, 7, 7, -8});
  expect_tensor(groups.scale, DType::kFloat32, {3, 2},
                {0.13333334f, 0.16666667f, 0.2f, 0.13333334f, 0.016666673f, 0.2f});
  expect_tensor(groups.zero_point, DType::kInt8, {3, 2}, {-8, 4, -3, -8, -8, 7});
  const Tensor back = dequantize_with_sz_map(groups.values, groups.scale, groups.zero_point,
                                             Tensor::from<float>({0, 0, 1, 1, 2}, {5}), 0);
  expect_tensor(back, DType::kFloat32, {5, 2},
                {0.9333334f, -2, 2, 0.5f, -1, 2, 2, 2, 0.25000010f, -3}, 1e-5f);
  expect_error<ValueError>([&] { abs_max_quantize_grouped_with_zero_point(x, 0); },
                           "block_size must be a positive integer. Received: block_size=0");
  expect_error<ShapeError>([&] { abs_max_quantize_grouped_with_zero_point(ops::ravel(x), 2); },
                           "Received: shape=");
}

TEST(PackInt4, AgreesWithKerasAndUnpacks) {
  const Tensor tall = int8({-3, 7, 2, -8, 1, 0}, {3, 2});
  expect_tensor(pack_int4(tall), DType::kInt8, {2, 2}, {45, -121, 1, 0});
  const Tensor wide = int8({-3, 7, 2, -8, 1, 0}, {2, 3});
  expect_tensor(pack_int4(wide, 1), DType::kInt8, {2, 2}, {125, 2, 24, 0});
  expect_tensor(pack_int4(wide, -1), DType::kInt8, {2, 2}, {125, 2, 24, 0});
  for (const Shape& shape : {Shape{16}, Shape{3, 5}, Shape{2, 3, 4}})
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const Tensor x = ops::cast(ops::mod(ops::arange(shape.size()), 16) - 8, DType::kInt8);
      const Tensor values = ops::reshape(x, shape);
      const Tensor again = unpack_int4(pack_int4(values, axis), shape[axis], axis);
      expect_tensor(again, DType::kInt8, shape, values.to_vector<float>());
    }
  expect_error<TypeError>([] { pack_int4(ops::ones({2})); }, "an int8 tensor is needed");
  expect_error<TypeError>([] { unpack_int4(ops::ones({2}), 4); }, "an int8 tensor is needed");
  expect_error<ValueError>([&] { unpack_int4(tall, 7); },
                           "3 bytes along the axis do not hold 7 numbers");
  expect_error<ValueError>([&] { pack_int4(tall, 2); }, "axis=2 is out of range");
}

TEST(AbsMaxQuantizer, TakesTheAxisOfTheCallThenItsOwnThenTheLast) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(AbsMaxQuantizer()(x).scale.shape(), (Shape{2, 1}));
  const AbsMaxQuantizer columns({.axis = {{0}}, .value_range = {-8, 7}});
  EXPECT_EQ(columns(x).scale.shape(), (Shape{1, 2}));
  EXPECT_EQ(columns(x, {0, 1}).scale.shape(), (Shape{1, 1}));
  EXPECT_EQ(columns(x).values.to_vector<float>(), (std::vector<float>{2, 4, 7, 7}));
}

TEST(AbsMaxQuantizer, ConfigRoundTrip) {
  const Config plain = AbsMaxQuantizer().serialize();
  const Config expected = {
      {"module", "keras.quantizers"},
      {"class_name", "AbsMaxQuantizer"},
      {"config",
       {{"value_range", Config::list({-127, 127})}, {"epsilon", 1e-7}, {"output_dtype", "int8"}}},
      {"registered_name", nullptr}};
  EXPECT_EQ(plain, expected);
  const AbsMaxQuantizer other({.axis = {{0, 2}}, .value_range = {-8, 7}, .epsilon = 1e-5});
  EXPECT_EQ(AbsMaxQuantizer::deserialize(other.serialize()).serialize(), other.serialize());
  Config single = expected;
  single.find("config")->set("axis", 1);
  EXPECT_EQ(AbsMaxQuantizer::deserialize(single).options().axis, std::vector<int>{1});
}

TEST(AbsMaxQuantizer, RefusesArgumentsThatDoNotFit) {
  const auto make = [](AbsMaxQuantizerOptions options) {
    return [=] { AbsMaxQuantizer{options}; };
  };
  expect_error<ValueError>(make({.value_range = {-129, 127}}),
                           "requires value_range to be within the interval [-128, 127]. Received: "
                           "value_range=(-129, 127)");
  expect_error<ValueError>(make({.value_range = {-8, 0}}), "whose upper end is positive");
  expect_error<ValueError>(make({.value_range = {9, 8}}), "must be an interval");
  expect_error<ValueError>(make({.epsilon = -1}), "Received: epsilon=-1");
  expect_error<ValueError>(make({.output_dtype = DType::kFloat32}), "output_dtype=float32");
  Config config = AbsMaxQuantizer().serialize();
  config.find("config")->set("value_range", Config::list({0, std::int64_t{1} << 40}));
  expect_error<ValueError>([&] { AbsMaxQuantizer::deserialize(config); }, "within the interval");
  config.set("class_name", "Mine");
  expect_error<ValueError>([&] { AbsMaxQuantizer::deserialize(config); },
                           "The quantizer Mine is not supported.");
}

}  // namespace
}  // namespace keras::quantizers
