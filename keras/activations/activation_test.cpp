#include "keras/activations/activation.h"

#include <gtest/gtest.h>

#include "keras/activations/activations.h"
#include "keras/engine/error.h"
#include "keras/ops/gradient.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras {
namespace {

using activations::Activation;
using testing::expect_error;
using testing::expect_values;

Tensor inputs() { return Tensor::of<float>({-8, -3.5f, -1, -0.3f, 0, 0.4f, 1, 2.5f, 7}); }

TEST(Activation, IsMadeFromANameAFunctionOrNothing) {
  EXPECT_EQ(Activation("relu").name(), "relu");
  EXPECT_EQ(Activation(activations::relu).name(), "relu");
  EXPECT_EQ(Activation().name(), "linear");
  EXPECT_EQ(Activation(nullptr).name(), "linear");
  EXPECT_TRUE(Activation().is_linear());
  const Activation doubled([](const Tensor& x) { return x * 2; });
  EXPECT_EQ(doubled.name(), "");
  expect_values(doubled(Tensor::of<float>({1, -2})), {2}, {2, -4});
  expect_values(Activation("relu")(Tensor::of<float>({1, -2})), {2}, {1, 0});
}

TEST(Activation, IsSavedUnderKerasNames) {
  EXPECT_EQ(Activation("swish").config(), Config("silu"));
  EXPECT_EQ(Activation("hard_swish").config(), Config("hard_silu"));
  for (const std::string& name : activations::activation_names()) {
    const Activation activation(name);
    EXPECT_EQ(Activation::from_config(activation.config()).name(), activation.name()) << name;
  }
  EXPECT_EQ(Activation::from_config(nullptr).name(), "linear");
  expect_error<ValueError>([] { Activation([](const Tensor& x) { return x; }).config(); },
                           "cannot be serialized");
}

TEST(Activation, NamesNearMatches) {
  expect_error<ValueError>([] { Activation("relux"); },
                           "Could not interpret activation function identifier: relux");
  expect_error<ValueError>([] { Activation("relux"); }, "'relu'");
  expect_error<ValueError>([] { Activation::from_config(Config(3)); },
                           "Could not interpret activation function identifier: 3");
}

TEST(Activation, KnowsRegisteredFunctions) {
  activations::register_activation("test_package>triple", [](const Tensor& x) { return x * 3; });
  const Activation triple("test_package>triple");
  expect_values(triple(Tensor::of<float>({2})), {1}, {6});
  EXPECT_EQ(Activation::from_config(triple.config()).name(), "test_package>triple");
  const Config python{{"module", "builtins"},
                      {"class_name", "function"},
                      {"config", "triple"},
                      {"registered_name", "test_package>triple"}};
  EXPECT_EQ(Activation::from_config(python).name(), "test_package>triple");
  expect_error<ValueError>(
      [] { activations::register_activation("relu", [](const Tensor& x) { return x; }); },
      "is the name of one of Keras's own");
}

TEST(Activations, ReluTakesAllOptions) {
  expect_values(
      activations::relu(inputs(), {.negative_slope = 0.1, .max_value = 2.0, .threshold = 0.5}), {9},
      {-0.85f, -0.4f, -0.15f, -0.08f, -0.05f, -0.01f, 1.0f, 2.0f, 2.0f});
  expect_values(activations::relu(inputs(), {.threshold = 0.5}), {9},
                {0, 0, 0, 0, 0, 0, 1, 2.5f, 7});
  expect_values(activations::relu(inputs(), {.max_value = 6.0}), {9},
                {0, 0, 0, 0, 0, 0.4f, 1, 2.5f, 6});
  expect_values(activations::relu(inputs(), {.negative_slope = 0.25, .max_value = 6.0}), {9},
                {-2.0f, -0.875f, -0.25f, -0.075f, 0, 0.4f, 1, 2.5f, 6});
  expect_values(activations::relu(inputs(), {.negative_slope = 0.5}), {9},
                {-4.0f, -1.75f, -0.5f, -0.15f, 0, 0.4f, 1, 2.5f, 7});
}

TEST(Activations, MishGivesKerasValues) {
  expect_values(activations::mish(inputs()), {9},
                {-0.002683251f, -0.1040957f, -0.3034014f, -0.1511332f, 0.0f, 0.2890306f, 0.8650985f,
                 2.471392f, 6.999989f});
}

TEST(Activations, GeluIsExactByDefault) {
  expect_values(activations::gelu(Tensor::of<float>({1})), {1}, {0.8413447f});
  expect_values(activations::gelu(Tensor::of<float>({1}), {.approximate = true}), {1}, {0.841192f});
}

TEST(Activations, AllHaveGradients) {
  const Tensor x = Tensor::from(std::vector<double>{-2.2, -0.7, 0.3, 1.6}, {1, 4});
  for (const std::string& name : activations::activation_names()) {
    SCOPED_TRACE(name);
    const Activation activation(name);
    testing::expect_gradients([&](const Tensors& in) { return activation(in[0]); }, {x});
  }
}

}  // namespace
}  // namespace keras
