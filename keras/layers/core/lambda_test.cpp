#include "keras/layers/core/lambda.h"

#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

Tensor twice(const Tensor& x) { return x * 2; }

TEST(Lambda, ComputesItsFunction) {
  const Lambda layer(twice);
  expect_values(layer(Tensor::of<float>({1, 2})), {2}, {2, 4});
  EXPECT_EQ(layer(Input({3})).shape(), (Shape{kUnknown, 3}));
  const Lambda sum(LambdaFunction([](const Tensors& in) { return Tensors{in[0] + in[1]}; }));
  expect_values(sum(Tensors{Tensor::of<float>({1, 2}), Tensor::of<float>({3, 4})}), {2}, {4, 6});
}

TEST(Lambda, GradientsAreRight) {
  testing::expect_input_gradients(
      Lambda([](const Tensor& x) { return ops::square(x); }, {.dtype = "float64"}), {2, 3});
}

TEST(Lambda, LoadsByTheLayersNameAndByTheFunctions) {
  const Lambda layer(twice, {.name = "twice_by_layer"});
  expect_config_keys(layer, {"function", "arguments"});
  register_lambda("twice_by_layer", twice);
  expect_config_round_trip(layer);
  expect_values(Lambda::from_config(layer.get_config())(Tensor::of<float>({3})), {1}, {6});
  register_lambda("twice_by_function", twice);
  Config named = Lambda(twice, {.name = "other"}).get_config();
  named.set("function", Config{{"module", "builtins"},
                               {"class_name", "function"},
                               {"config", "twice_by_function"},
                               {"registered_name", "function"}});
  named.set("output_shape", Config::list_of(std::vector<int>{1}));
  const Lambda loaded = Lambda::from_config(named);
  expect_values(loaded(Tensor::of<float>({3})), {1}, {6});
  EXPECT_EQ(loaded.get_config().at("function"), named.at("function"));
  EXPECT_EQ(loaded.get_config().at("output_shape"), named.at("output_shape"));
}

TEST(Lambda, RefusesWhatNobodyRegistered) {
  const Config config = Lambda(twice, {.name = "nobodys"}).get_config();
  expect_error<ValueError>([&] { Lambda::from_config(config); }, "\"nobodys\"");
  expect_error<ValueError>([&] { Lambda::from_config(config); },
                           "register_lambda(\"nobodys\", …) before loading");
  Config masked = config;
  masked.set("mask", 1);
  expect_error<ValueError>([&] { Lambda::from_config(masked); }, "mask");
  Config with_arguments = config;
  with_arguments.set("arguments", Config{{"factor", 2}});
  expect_error<ValueError>([&] { Lambda::from_config(with_arguments); }, "arguments");
  expect_error<ValueError>([] { register_lambda("", twice); }, "empty");
  expect_error<ValueError>([] { Lambda(LambdaFunction{}); }, "the function is empty");
}

}  // namespace
}  // namespace keras::layers
