#include "keras/layers/quantizable_layer.h"

#include <gtest/gtest.h>

#include "keras/keras.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using quantizers::Int4QuantizationConfig;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_tensor;
using testing::expect_values;
using testing::ramp;

std::vector<std::string> weight_names(const Layer& layer) {
  std::vector<std::string> names;
  for (const auto& weight : layer.weights()) names.push_back(weight.name());
  return names;
}

Tensor int8(const std::vector<float>& values, const Shape& shape) {
  return ops::cast(Tensor::from(values, shape), DType::kInt8);
}

TEST(QuantizableLayer, HoldsKerasVariablesInItsOrder) {
  const Dense layer(3, {.name = "d", .dtype = "int8_from_float32"});
  layer.build(Shape{2, 4});
  EXPECT_EQ(weight_names(layer), (std::vector<std::string>{"bias", "kernel", "kernel_scale"}));
  EXPECT_EQ(layer.weights()[2].path(), "d/kernel_scale");
  EXPECT_EQ(layer.trainable_weights().size(), 1u);
  expect_tensor(layer.weights()[1].value(), DType::kInt8, {4, 3}, std::vector<float>(12, 0));
  expect_tensor(layer.weights()[2].value(), DType::kFloat32, {3}, {1, 1, 1});
  const auto& impl = static_cast<const QuantizableLayer&>(*layer.impl());
  std::vector<std::string> names;
  for (const auto& variable : impl.variables_in_files()) names.push_back(variable.name());
  EXPECT_EQ(names, (std::vector<std::string>{"kernel", "bias", "kernel_scale"}));
}

TEST(QuantizableLayer, ComputesAsKeras) {
  const Dense layer(3, {.dtype = "int8_from_float32"});
  layer.build(Shape{2, 4});
  layer.set_weights({ramp({3}),
                     int8({-127, 127, -51, 127, 63, -76, 102, 0, -102, 76, -63, -127}, {4, 3}),
                     Tensor::from<float>({101.6f, 253.9999f, 101.6f}, {3})});
  expect_values(layer(ramp({2, 4})), {2, 3},
                {1.371056f, -0.3105357f, -1.306583f, -1.496063f, 0.4404489f, -1.070866f});
  const auto gradient = grad([&](const Tensor& x) {
    return ops::sum(layer(x) * ramp({2, 3}));
  })(ramp({2, 4}));
  expect_values(gradient, {2, 4},
                {2.063484f, -1.064469f, -0.7529529f, -0.4340551f, -1.061024f, 2.185532f, 2.007874f,
                 1.810532f});
  expect_config_round_trip(layer);
}

TEST(QuantizableLayer, PacksFourBitsWithScalesAndZeroPointsOfBlocks) {
  const Dense layer(3, {.dtype = "int4/3_from_float32"});
  layer.build(Shape{2, 4});
  EXPECT_EQ(weight_names(layer),
            (std::vector<std::string>{"bias", "kernel", "kernel_scale", "kernel_zero", "g_idx"}));
  expect_tensor(layer.weights()[4].value(), DType::kFloat32, {4}, {0, 0, 0, 1});
  layer.set_weights(
      {ramp({3}), int8({120, 8, -9, 8, -122, 8, -121, 8}, {4, 2}),
       Tensor::from<float>({0.1666667f, 0.03333334f, 0.03333334f, 0.05f, 0.01666667f, 0.08333334f},
                           {2, 3}),
       int8({0, -8, 7, -8, 7, 7}, {2, 3}), layer.weights()[4].value()});
  expect_values(layer(ramp({2, 4})), {2, 3},
                {1.4375f, -0.3208336f, -1.4375f, -1.458333f, 0.45f, -0.7500001f});
  expect_config_round_trip(layer);
}

TEST(QuantizableLayer, AddsLongSumsExactly) {
  // 127 · 127 · 4099 is odd and above 2^24: float32 would round on the way.
  const std::int64_t size = 4099;
  const Dense layer(1, {.use_bias = false, .dtype = "int8_from_float32"});
  layer.build(Shape{1, size});
  layer.weights()[0].assign(ops::cast(ops::full({size, 1}, 127), DType::kInt8));
  const auto y = layer(ops::ones({1, size})).to_vector<float>();
  EXPECT_NEAR(y[0], 127.0 * static_cast<double>(size), 0.2);
}

TEST(QuantizableLayer, RefusesModesThatItDoesNotHave) {
  expect_error<ValueError>(
      [] {
        Conv1D(2, 2, {.dtype = "int8_from_float32"})(ramp({1, 4, 2}));
      },
      "Layer Conv1D does not have a `_int8_call` method implemented.");
  for (const char* mode : {"float8", "gptq/4/128", "awq/4/128"}) {
    const auto make = [&] { Dense(2, {.name = "d", .dtype = str(mode, "_from_float32")}); };
    expect_error<ValueError>(make, "' is not supported.");
    expect_error<ValueError>(make, "d (Dense)");
  }
  expect_error<ValueError>(
      [] {
        Dense(2, {.quantization_config = Int4QuantizationConfig(), .dtype = "int8_from_float32"});
      },
      "Contradictory arguments: mode='int8' but config.mode='int4'");
}

}  // namespace
}  // namespace keras::layers
