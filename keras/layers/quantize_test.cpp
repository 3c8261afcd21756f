#include <gtest/gtest.h>

#include "keras/keras.h"
#include "keras/layers/quantizable_layer.h"
#include "tests/support/expect_tensor.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using quantizers::AbsMaxQuantizer;
using quantizers::Int4QuantizationConfig;
using quantizers::Int8QuantizationConfig;
using quantizers::QuantizationConfig;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_tensor;
using testing::expect_values;
using testing::ramp;

QuantizationConfig blocks(std::optional<int> size) {
  return Int4QuantizationConfig({.block_size = size});
}

QuantizationConfig int4_with_rounded_inputs() {
  return Int4QuantizationConfig(
      {.activation_quantizer = AbsMaxQuantizer(), .block_size = std::nullopt});
}

/// The layer with ramps as weights, quantized.
template <typename LayerClass>
LayerClass quantized(const LayerClass& layer, const Shape& shape,
                     const QuantizationConfig& config) {
  layer.build(shape);
  Tensors weights;
  for (const Variable& weight : layer.weights()) weights.push_back(ramp(weight.shape()));
  layer.set_weights(weights);
  layer.quantize("", {.config = config});
  return layer;
}

/// The gradient for the inputs of the sum of outputs that are weighed by a ramp.
Tensor input_gradient(const Layer& layer, const Tensor& x) {
  return grad([&](const Tensor& in) {
    const Tensor y = layer(in);
    return ops::sum(y * ramp(y.shape()));
  })(x);
}

std::vector<std::string> weight_names(const Layer& layer) {
  std::vector<std::string> names;
  for (const auto& weight : layer.weights()) names.push_back(weight.name());
  return names;
}

TEST(QuantizedDense, HoldsKerasVariablesInItsOrder) {
  const Dense layer = quantized(Dense(3, {.name = "d"}), {2, 4}, Int8QuantizationConfig());
  EXPECT_EQ(weight_names(layer), (std::vector<std::string>{"bias", "kernel", "kernel_scale"}));
  EXPECT_EQ(layer.weights()[1].path(), "d/kernel");
  EXPECT_EQ(layer.weights()[2].path(), "d/kernel_scale");
  EXPECT_EQ(layer.trainable_weights().size(), 1u);
  expect_tensor(layer.weights()[1].value(), DType::kInt8, {4, 3},
                {-127, 127, -51, 127, 63, -76, 102, 0, -102, 76, -63, -127});
  expect_tensor(layer.weights()[2].value(), DType::kFloat32, {3}, {101.6f, 253.9999f, 101.6f});
  EXPECT_EQ(layer.dtype_policy().name(), "int8_from_float32");
  const auto& impl = static_cast<const QuantizableLayer&>(*layer.impl());
  std::vector<std::string> names;
  for (const auto& variable : impl.variables_in_files()) names.push_back(variable.name());
  EXPECT_EQ(names, (std::vector<std::string>{"kernel", "bias", "kernel_scale"}));
}

TEST(QuantizedDense, AgreesWithKeras) {
  struct Row {
    QuantizationConfig config;
    const char* policy;
    std::vector<float> y, gradient;
  };
  const std::vector<float> int8_gradient = {2.063484f,  -1.064469f, -0.7529529f, -0.4340551f,
                                            -1.061024f, 2.185532f,  2.007874f,   1.810532f};
  const std::vector<float> int4_gradient = {2.080357f,  -1.098214f, -0.8035715f, -0.3750001f,
                                            -1.035714f, 2.151786f,  2.142857f,   1.776786f};
  const std::vector<Row> rows = {
      {Int8QuantizationConfig(),
       "int8_from_float32",
       {1.371056f, -0.3105357f, -1.306583f, -1.496063f, 0.4404489f, -1.070866f},
       int8_gradient},
      {Int8QuantizationConfig({.activation_quantizer = std::nullopt}),
       "int8_from_float32",
       {1.370571f, -0.3110238f, -1.307087f, -1.496063f, 0.4389763f, -1.068406f},
       int8_gradient},
      {Int4QuantizationConfig(),
       "int4/128_from_float32",
       {1.333333f, -0.3125001f, -1.3125f, -1.458333f, 0.4375f, -1.0625f},
       {2.166667f, -0.9583334f, -0.7499999f, -0.3333333f, -1.166667f, 2.083333f, 2, 1.708333f}},
      {blocks(3),
       "int4/3_from_float32",
       {1.4375f, -0.3208336f, -1.4375f, -1.458333f, 0.45f, -0.7500001f},
       {2.166667f, -1.091667f, -0.9999999f, -0.4375001f, -1.166667f, 1.891667f, 1.625f, 1.8125f}},
      {blocks(-1),
       "int4/-1_from_float32",
       {1.294643f, -0.2857145f, -1.214286f, -1.428571f, 0.4642857f, -1.169643f},
       int4_gradient},
      {int4_with_rounded_inputs(),
       "int4/-1_from_float32",
       {1.294995f, -0.2852927f, -1.213583f, -1.428571f, 0.4656918f, -1.172104f},
       int4_gradient},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.config.serialize().to_string());
    const Dense layer = quantized(Dense(3), {2, 4}, row.config);
    EXPECT_EQ(layer.dtype_policy().name(), row.policy);
    expect_values(layer(ramp({2, 4})), {2, 3}, row.y);
    expect_values(input_gradient(layer, ramp({2, 4})), {2, 4}, row.gradient);
    expect_config_round_trip(layer);
    // A new layer of that config has the variables that the quantized one has.
    const Dense again = Dense::from_config(layer.get_config());
    again.build(Shape{2, 4});
    again.set_weights(layer.get_weights());
    expect_values(again(ramp({2, 4})), {2, 3}, row.y);
  }
}

TEST(QuantizedDense, PacksFourBitsWithScalesAndZeroPointsOfBlocks) {
  const Dense layer = quantized(Dense(3, {.use_bias = false}), {2, 4}, blocks(3));
  EXPECT_EQ(weight_names(layer),
            (std::vector<std::string>{"kernel", "kernel_scale", "kernel_zero", "g_idx"}));
  const Variables weights = layer.weights();
  expect_tensor(weights[0].value(), DType::kInt8, {4, 2}, {120, 8, -9, 8, -122, 8, -121, 8});
  expect_tensor(weights[1].value(), DType::kFloat32, {2, 3},
                {0.1666667f, 0.03333334f, 0.03333334f, 0.05000001f, 0.01666667f, 0.08333334f});
  expect_tensor(weights[2].value(), DType::kInt8, {2, 3}, {0, -8, 7, -8, 7, 7});
  expect_tensor(weights[3].value(), DType::kFloat32, {4}, {0, 0, 0, 1});
}

TEST(QuantizedDense, ComputesInBfloat16) {
  const Dense layer =
      quantized(Dense(3, {.dtype = "mixed_bfloat16"}), {2, 4}, Int8QuantizationConfig());
  EXPECT_EQ(layer.dtype_policy().name(), "int8_from_mixed_bfloat16");
  EXPECT_EQ(layer.weights()[2].dtype(), DType::kFloat32);
  const Tensor y = layer(ramp({2, 4}));
  EXPECT_EQ(y.dtype(), DType::kBfloat16);
  expect_values(y, {2, 3}, {1.375f, -0.3125f, -1.3125f, -1.5f, 0.4414062f, -1.070312f}, 0.008f);
}

TEST(QuantizedDense, KeepsAdaptationsInFloats) {
  for (const bool int8 : {true, false}) {
    SCOPED_TRACE(int8);
    const Dense layer =
        quantized(Dense(3), {2, 4}, int8 ? Int8QuantizationConfig() : blocks(std::nullopt));
    layer.enable_lora(2);
    EXPECT_EQ(weight_names(layer),
              (std::vector<std::string>{"bias", "lora_kernel_a", "lora_kernel_b", "kernel",
                                        "kernel_scale"}));
    layer.weights()[1].assign(ramp({4, 2}));
    layer.weights()[2].assign(ramp({2, 3}));
    expect_values(layer(ramp({2, 4})), {2, 3},
                  int8 ? std::vector<float>{-1.207069f, 1.001964f, -2.806583f, -3.839813f,
                                            0.2060739f, -0.05524129f}
                       : std::vector<float>{-1.283482f, 1.026785f, -2.714286f, -3.772321f,
                                            0.2299107f, -0.1540179f});
  }
}

struct EinsumRow {
  const char* equation;
  Shape output;
  const char* bias;
  QuantizationConfig config;
  Shape scale;
  std::vector<float> y, gradient;  ///< the first elements
};

std::vector<EinsumRow> einsum_rows() {
  return {
      {"abc,cde->abde",
       {kUnknown, 2, 2},
       "de",
       Int8QuantizationConfig(),
       {1, 1, 2, 2},
       {1.567422f, -1.507874f, 2.317422f, 0.6225393f, -2.752961f, 1.937504f},
       {3.626969f, -1.184547f, 0.1904528f, -1.195866f, -1.190945f, 1.627953f}},
      {"abc,cde->abde",
       {kUnknown, 2, 2},
       "de",
       blocks(3),
       {2, 4},
       {1.475f, -1.45f, 2.2875f, 0.7708333f, -2.7f, 1.85f},
       {3.458333f, -1.1f, 0.03333345f, -1.1875f, -1.175f, 1.575f}},
      {"abc,cde->abde",
       {kUnknown, 2, 2},
       "de",
       blocks(std::nullopt),
       {4},
       {1.607143f, -1.589286f, 2.357143f, 0.5357143f, -2.767857f, 1.946429f},
       {3.660715f, -1.133929f, 0.2410714f, -1.339286f, -1.25f, 1.678572f}},
      {"abc,cde->abde",
       {kUnknown, 2, 2},
       "de",
       int4_with_rounded_inputs(),
       {4},
       {1.609604f, -1.592239f, 2.359604f, 0.5381748f, -2.769967f, 1.946007f},
       {3.660715f, -1.133929f, 0.2410714f, -1.339286f, -1.25f, 1.678572f}},
      {"abc,bcd->ad",
       {3},
       "d",
       Int8QuantizationConfig(),
       {1, 3},
       {3.064434f, -2.198846f, -0.5580282f, -0.5113266f, 1.452283f, -2.13041f},
       {2.064469f, -1.065453f, -0.7529529f, -0.433071f, -1.503445f, -1.183563f}},
      {"abc,bcd->ad",
       {3},
       "d",
       int4_with_rounded_inputs(),
       {3},
       {3.122892f, -2.275239f, -0.4560602f, -0.5452052f, 1.621345f, -2.366564f},
       {2.098214f, -1.116071f, -0.8035715f, -0.3571429f, -1.5625f, -1.116071f}},
      {"abc,dc->adb",
       {3, 3},
       "",
       Int8QuantizationConfig(),
       {1, 3, 1},
       {3.628945f, -1.192418f, 0.1914254f, -1.192418f, 1.62304f, -1.058575f},
       {0.8735237f, -0.8144686f, 1.631398f, -2.8125f, -0.5620079f, 0.06397639f}},
      {"abc,dc->adb",
       {3, 3},
       "",
       blocks(3),
       {2, 3},
       {3.625f, -1.208333f, 0.3750001f, -1.041667f, 1.433333f, -0.8583335f},
       {1.458333f, -0.5000001f, 1.625f, -2.708333f, -0.6083333f, 0.125f}},
  };
}

TEST(QuantizedEinsumDense, AgreesWithKeras) {
  const auto first = [](const Tensor& x) {
    std::vector<float> values = x.to_vector<float>();
    values.resize(6);
    return Tensor::from(values, {6});
  };
  for (const auto& row : einsum_rows()) {
    SCOPED_TRACE(row.equation + row.config.serialize().to_string());
    const EinsumDense layer = quantized(
        EinsumDense(row.equation, row.output, {.bias_axes = row.bias}), {2, 3, 4}, row.config);
    const std::size_t kernel = layer.trainable_weights().size();
    EXPECT_EQ(layer.weights()[kernel + 1].shape(), row.scale);
    expect_values(first(layer(ramp({2, 3, 4}))), {6}, row.y);
    expect_values(first(input_gradient(layer, ramp({2, 3, 4}))), {6}, row.gradient);
    expect_config_round_trip(layer);
    const EinsumDense again = EinsumDense::from_config(layer.get_config());
    again.build(Shape{2, 3, 4});
    again.set_weights(layer.get_weights());
    expect_values(first(again(ramp({2, 3, 4}))), {6}, row.y);
  }
}

TEST(QuantizedEinsumDense, TakesEllipses) {
  // Keras fails here. The same product without an ellipsis says what it should be.
  const auto config = Int8QuantizationConfig();
  const Tensor x = ramp({2, 3, 4});
  const Tensor expected = quantized(EinsumDense("abc,cd->abd", {3, 5}), {2, 3, 4}, config)(x);
  const Layer one = quantized(EinsumDense("...c,cd->...d", {5}), {2, 3, 4}, config);
  const Layer two = quantized(EinsumDense("...bc,cd->...bd", {3, 5}), {2, 3, 4}, config);
  for (const Layer& layer : {one, two})
    expect_values(layer(x), {2, 3, 5}, expected.to_vector<float>());
}

TEST(QuantizedEmbedding, AgreesWithKeras) {
  struct Row {
    QuantizationConfig config;
    Shape scale;
    std::vector<float> y, tied, untied;
  };
  const std::vector<Row> rows = {
      {Int8QuantizationConfig(),
       {5},
       {-1.25f, 0.5019686f, -0.5019686f, 0.7480316f, -0.246063f, -1.25f, 0.5019686f, -0.5019686f,
        1.25f, 1, 0, -1},
       {2.066445f, -1.063496f, -0.7480317f, -0.4310947f, -1.506894f, -1.063496f, 2.182598f,
        1.998032f, 1.809532f, -0.4310947f},
       {1.310528f, 0.5039448f, 0.3740159f, -1.814473f, -0.5595512f, -1.5625f, 1.809532f,
        -0.9990161f, 1.690957f, -0.4433978f}},
      {blocks(std::nullopt),
       {5},
       {-1.25f, 0.5357143f, -0.5357143f, 0.7142858f, -0.1785714f, -1.25f, 0.5357143f, -0.5357143f,
        1.25f, 1, 0, -1},
       {2.098215f, -1.116072f, -0.7500001f, -0.3571429f, -1.5625f, -1.026786f, 2.142857f, 2,
        1.785715f, -0.4017858f},
       {1.294643f, 0.4910715f, 0.3750001f, -1.830357f, -0.4910715f, -1.607143f, 1.875f, -1,
        1.696429f, -0.5357143f}},
      {blocks(2),
       {5, 2},
       {-1.283333f, 0.4666667f, -0.5000001f, 0.7333335f, -0.2666667f, -1.25f, 0.4666668f,
        -0.4666668f, 1.25f, 1, 0, -1},
       {2.0875f, -0.7416667f, -0.7500001f, -0.4250001f, -1.441667f, -1.1125f, 1.879167f, 2, 1.7875f,
        -0.4708333f},
       {0.5000001f, 0.25f, 0.3750001f, -1.775f, -0.6666667f, -0.5625001f, 1.6875f, -1, 1.6125f,
        -0.5208333f}},
  };
  const Tensor indices = Tensor::from<std::int32_t>({0, 3, 4, 2}, {2, 2});
  for (const auto& row : rows) {
    SCOPED_TRACE(row.config.serialize().to_string());
    const Embedding layer = quantized(Embedding(5, 3), {2, 2}, row.config);
    EXPECT_EQ(layer.weights()[1].shape(), row.scale);
    expect_values(layer(indices), {2, 2, 3}, row.y);
    expect_config_round_trip(layer);
    for (const bool tied : {true, false}) {
      const ReversibleEmbedding both =
          quantized(ReversibleEmbedding(5, 3, {.tie_weights = tied}), {2, 2}, row.config);
      expect_values(both(indices), {2, 2, 3}, row.y);
      expect_values(both(ramp({2, 3}), {.reverse = true}), {2, 5}, tied ? row.tied : row.untied);
      expect_config_round_trip(both);
    }
  }
  const auto names =
      weight_names(quantized(ReversibleEmbedding(5, 3, {.tie_weights = false}), {2, 2}, blocks(2)));
  EXPECT_EQ(names,
            (std::vector<std::string>{"embeddings", "embeddings_scale", "embeddings_zero", "g_idx",
                                      "reverse_embeddings", "reverse_embeddings_scale",
                                      "reverse_embeddings_zero"}));
}

TEST(QuantizedEmbedding, GivesTheGradientOfTheRoundedInputs) {
  const ReversibleEmbedding layer =
      quantized(ReversibleEmbedding(5, 3), {2, 2}, Int8QuantizationConfig());
  const Tensor gradient = grad([&](const Tensor& x) {
    return ops::sum(layer(x, {.reverse = true}) * ramp({2, 5}));
  })(ramp({2, 3}));
  expect_values(gradient, {2, 3}, {2.925104f, 0, 0, 0.6778938f, 0, 0});
}

TEST(Quantize, RefusesAsKerasDoes) {
  const Dense dense(3, {.name = "d"});
  expect_error<NotBuiltError>([&] { dense.quantize("int8"); },
                              "Cannot quantize a layer that isn't yet built. Layer 'd' (of type "
                              "'Dense') is not built yet.");
  dense.build(Shape{1, 4});
  expect_error<ValueError>([&] { dense.quantize("int7"); },
                           "Invalid quantization mode. Expected one of ('int8', 'float8', 'int4', "
                           "'gptq', 'awq'). Received: mode=int7");
  expect_error<ValueError>([&] { dense.quantize(""); },
                           "You must provide either `mode` or `config`");
  for (const char* mode : {"float8", "gptq", "awq"}) {
    expect_error<ValueError>([&] { dense.quantize(mode); },
                             str("The quantization mode '", mode, "' is not supported."));
    expect_error<ValueError>([&] { dense.quantize(mode); }, "d (Dense)");
  }
  dense.quantize("int8");
  expect_error<ValueError>([&] { dense.quantize("int8"); },
                           "Layer 'd' is already quantized with dtype_policy='int8_from_float32'. "
                           "Received: mode=int8");
  const Flatten flatten;
  flatten.build(Shape{1, 4});
  expect_error<ValueError>([&] { flatten.quantize("int8"); },
                           "Layer Flatten does not have a `quantize` method implemented.");
  const Dense half(3, {.dtype = "mixed_float16"});
  half.build(Shape{1, 4});
  expect_error<ValueError>([&] { half.quantize("int8"); },
                           "doesn't work well with compute_dtype='float16'");
}

TEST(Quantize, ChangesNothingWhereTheQuantizerDoesNotFit) {
  const Dense layer(3);
  layer.build(Shape{1, 4});
  const auto before = layer.weights()[0].value().to_vector<float>();
  expect_error<ValueError>(
      [&] {
        layer.quantize("",
                       {.config = Int8QuantizationConfig({.weight_quantizer = AbsMaxQuantizer()})});
      },
      "The weight quantizer gives scales of shape (4, 1) for `kernel` of shape (4, 3), where the "
      "layer keeps (3,).");
  EXPECT_EQ(layer.weights().size(), 2u);
  EXPECT_EQ(layer.weights()[0].value().to_vector<float>(), before);
  EXPECT_EQ(layer.dtype_policy().name(), "float32");
  layer.quantize(
      "",
      {.config = Int8QuantizationConfig({.weight_quantizer = AbsMaxQuantizer({.axis = {{0}}})})});
  EXPECT_EQ(layer.weights().size(), 3u);
}

}  // namespace
}  // namespace keras::layers
