#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/initializers/initializers.h"
#include "keras/layers/activations/prelu.h"
#include "keras/layers/activations/rectifiers.h"
#include "keras/layers/activations/softmax.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

template <typename LayerClass>
void expect_round_trip(const LayerClass& layer) {
  EXPECT_EQ(LayerClass::from_config(layer.get_config()).get_config(), layer.get_config());
  Config wrong = layer.get_config();
  wrong.set("no_such_argument", 1);
  EXPECT_THROW(LayerClass::from_config(wrong), ValueError);
}

TEST(ReLU, AgreesWithKeras) {
  const ReLU relu({.max_value = 1, .negative_slope = 0.1, .threshold = 0.25, .name = "r"});
  expect_values(relu(ramp({2, 3})), {2, 3}, {-0.15f, 0.5f, -0.075f, 1, 0, -0.1f});
  expect_round_trip(relu);
  EXPECT_EQ(ReLU({.name = "r"}).get_config().to_string(),
            R"({"name": "r", "trainable": true, "dtype": {"module": "keras", "class_name": )"
            R"("DTypePolicy", "config": {"name": "float32"}, "registered_name": null}, )"
            R"("max_value": null, "negative_slope": 0.0, "threshold": 0.0})");
}

TEST(ReLU, RefusesNegativeArguments) {
  expect_error<ValueError>([] { ReLU({.max_value = -1}); },
                           "max_value of a ReLU layer cannot be a negative value. Received: "
                           "max_value=-1");
  expect_error<ValueError>([] { ReLU({.negative_slope = -1}); }, "negative_slope of a ReLU layer");
  expect_error<ValueError>([] { ReLU({.threshold = -1}); }, "threshold of a ReLU layer");
}

TEST(LeakyReLU, AgreesWithKeras) {
  const LeakyReLU layer({.name = "l"});
  expect_values(layer(ramp({2, 3})), {2, 3}, {-0.375f, 0.5f, -0.15f, 1.25f, 0.25f, -0.225f});
  expect_round_trip(layer);
  expect_error<ValueError>([] { LeakyReLU({.negative_slope = -1}); },
                           "The negative_slope value of a Leaky ReLU layer");
}

TEST(LeakyReLU, ReadsTheOldNameOfTheSlope) {
  const auto layer = LeakyReLU::from_config({{"name", "l"}, {"alpha", 0.5}});
  EXPECT_EQ(layer.get_config().at("negative_slope").as_double(), 0.5);
}

TEST(ELU, AgreesWithKeras) {
  const ELU layer({.alpha = 2, .name = "e"});
  expect_values(layer(ramp({2, 3})), {2, 3},
                {-1.42699f, 0.5f, -0.7869387f, 1.25f, 0.25f, -1.055267f});
  expect_round_trip(layer);
}

TEST(PReLU, AgreesWithKerasWithSharedAxes) {
  const PReLU layer({.alpha_initializer = initializers::Constant(0.5),
                     .alpha_regularizer = "l2",
                     .shared_axes = 1,
                     .name = "p"});
  expect_values(layer(ramp({1, 2, 3})), {1, 2, 3}, {-0.625f, 0.5f, -0.25f, 1.25f, 0.25f, -0.375f});
  ASSERT_EQ(layer.weights().size(), 1u);
  EXPECT_EQ(layer.weights()[0].shape(), (Shape{1, 3}));
  expect_round_trip(layer);
  EXPECT_EQ(layer.get_config().at("shared_axes").to_string(), "[1]");
  EXPECT_TRUE(PReLU().get_config().at("shared_axes").is_null());
}

TEST(PReLU, RefusesInputsThatDoNotFit) {
  const PReLU layer({.shared_axes = 1});
  layer(ramp({1, 2, 3}));
  EXPECT_THROW(layer(ramp({1, 2, 4})), ShapeError);
  layer(ramp({1, 5, 3}));
  expect_error<ValueError>(
      [] {
        PReLU({.shared_axes = 3}).build(Shape{kUnknown, 2, 3});
      },
      "`shared_axes` must be axes of the input after the batch axis");
  expect_error<ValueError>([] { PReLU().build(Shape{kUnknown, kUnknown, 3}); }, "Found None");
}

TEST(Softmax, AgreesWithKeras) {
  const Softmax layer({.name = "s"});
  expect_values(layer(ramp({2, 3})), {2, 3},
                {0.1127192f, 0.6486542f, 0.2386266f, 0.6652409f, 0.2447285f, 0.09003057f});
  const Softmax over_two({.axis = {1, 2}});
  expect_values(over_two(ramp({1, 2, 3})), {1, 2, 3},
                {0.03678566f, 0.2116869f, 0.07787525f, 0.4481411f, 0.1648619f, 0.06064931f});
  expect_round_trip(layer);
  expect_round_trip(over_two);
  EXPECT_EQ(over_two.get_config().at("axis").to_string(), "[1, 2]");
  EXPECT_THROW(Softmax({.axis = {}}), ValueError);
}

TEST(Softmax, MasksAsKeras) {
  const Tensor mask =
      Tensor::from(std::vector<bool>{true, true, false, false, false, false}, {2, 3});
  const Tensor y = Softmax()(ramp({2, 3}).with_mask(mask));
  expect_values(y, {2, 3}, {0.1480472f, 0.8519527f, 0, 0, 0, 0});
  EXPECT_TRUE(y.mask());
  const Tensor narrow = Tensor::from(std::vector<bool>{true, true, false, false}, {2, 2});
  expect_error<ShapeError>(
      [&] {
        Softmax()(ramp({2, 3}).with_mask(narrow));
      },
      "inputs.shape=(2, 3), mask.shape=(2, 2)");
  EXPECT_THROW(Softmax()(ramp({3}).with_mask(narrow)), ShapeError);
}

TEST(ActivationLayers, HaveRightGradients) {
  const std::vector<Layer> layers = {
      ReLU({.negative_slope = 0.1, .threshold = 0.25, .dtype = "float64"}),
      LeakyReLU({.dtype = "float64"}),
      ELU({.dtype = "float64"}),
      PReLU({.alpha_initializer = initializers::Constant(0.3), .dtype = "float64"}),
      Softmax({.dtype = "float64"}),
  };
  for (const auto& layer : layers) {
    SCOPED_TRACE(layer.class_name());
    expect_gradients([&](const Tensors& in) { return layer(in[0]); }, {distinct({2, 5})});
  }
}

}  // namespace
}  // namespace keras::layers
