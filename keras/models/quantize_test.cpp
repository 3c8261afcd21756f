#include <gtest/gtest.h>

#include "keras/dtype_policies/quantization_mode.h"
#include "keras/keras.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using testing::expect_error;
using testing::ramp;

std::vector<float> predicted(const Model& model, const Tensor& x) {
  return model.predict(x, {.verbose = 0}).to_vector<float>();
}

Model attention_net() {
  const Tensor x = Input({3, 4});
  const Tensor y = layers::MultiHeadAttention(2, 2, {.name = "mha"})(x, x);
  const Sequential tail({layers::Dense(4, {.name = "inner"}), layers::ReLU()});
  return Model(x, layers::Dense(2, {.name = "head"})(tail(y)));
}

TEST(ModelQuantize, VisitsLayersInsideLayersAndModels) {
  const Model model = attention_net();
  const auto before = predicted(model, ramp({2, 3, 4}));
  model.quantize("int8");
  EXPECT_EQ(model.get_layer("head").dtype_policy().name(), "int8_from_float32");
  int kernels = 0;
  for (const auto& weight : model.weights())
    if (weight.dtype() == DType::kInt8) ++kernels;
  EXPECT_EQ(kernels, 6);
  const auto after = predicted(model, ramp({2, 3, 4}));
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(after[i], before[i], 0.1);
  // Compiled and eager calls agree.
  const auto eager = model(ramp({2, 3, 4})).to_vector<float>();
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(after[i], eager[i], 1e-5);
  expect_error<ValueError>([&] { model.quantize("int8"); }, "is already quantized");
}

TEST(ModelQuantize, PredictsAnewAfterwards) {
  const Sequential model({Input({4}), layers::Dense(3)});
  const Tensor x = ramp({5, 4});
  const auto before = predicted(model, x);
  model.quantize("int4");
  EXPECT_NE(predicted(model, x), before);
}

TEST(ModelQuantize, TakesFilters) {
  const auto quantized = [](LayerFilter filter) {
    const Sequential model({Input({4}), layers::Dense(3, {.name = "first_one"}),
                            layers::Dense(3, {.name = "second_one"})});
    model.quantize("int8", {.filters = std::move(filter)});
    std::string names;
    for (const auto& layer : model.layers())
      if (!quantization_mode(layer.dtype_policy()).empty()) names += layer.name() + " ";
    return names;
  };
  EXPECT_EQ(quantized({}), "first_one second_one ");
  EXPECT_EQ(quantized("^sec"), "second_one ");
  EXPECT_EQ(quantized(std::vector<std::string>{"nothing", "first"}), "first_one ");
  EXPECT_EQ(quantized([](const Layer& layer) { return layer.name()[0] == 's'; }), "second_one ");
  expect_error<ValueError>([&] { quantized("("); }, "The `filters` argument must be a regex");
}

TEST(ModelQuantize, TrainsWhatIsNotRounded) {
  const Sequential model({Input({4}), layers::Dense(6, {.activation = "tanh"}), layers::Dense(1)});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});
  const Tensor x = ramp({16, 4}), y = ops::ones({16, 1});
  model.fit(x, y, {.verbose = 0});
  model.quantize("int8");
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});
  const auto kernel = model.weights()[1].value().to_vector<float>();
  const double before = model.evaluate(x, y, {.verbose = 0})["loss"];
  model.fit(x, y, {.epochs = 5, .verbose = 0});
  EXPECT_LT(model.evaluate(x, y, {.verbose = 0})["loss"], before);
  EXPECT_EQ(model.weights()[1].value().to_vector<float>(), kernel);
}

TEST(ModelQuantize, RefusesModesAndModelsThatAreNotBuilt) {
  const Sequential model({Input({4}), layers::Dense(3)});
  expect_error<ValueError>([&] { model.quantize("float8"); },
                           "The quantization mode 'float8' is not supported.");
  expect_error<ValueError>([&] { model.quantize(""); }, "either `mode` or `config`");
  const Sequential open({layers::Dense(3)});
  expect_error<NotBuiltError>([&] { open.quantize("int8"); },
                              "Cannot quantize a layer that isn't yet built.");
}

}  // namespace
}  // namespace keras
