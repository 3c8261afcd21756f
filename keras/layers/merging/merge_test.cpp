#include "keras/layers/merging/merge.h"

#include <gtest/gtest.h>

#include <utility>

#include "keras/engine/error.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/merging/concatenate.h"
#include "keras/layers/merging/dot.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "tests/support/gradient_check.h"
#include "tests/support/tensors.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;
using testing::ramp;

Tensor bools(const std::vector<bool>& values, const Shape& shape) {
  return Tensor::from(values, shape);
}

template <typename LayerClass>
void expect_round_trip(const LayerClass& layer) {
  EXPECT_EQ(LayerClass::from_config(layer.get_config()).get_config(), layer.get_config());
  Config wrong = layer.get_config();
  wrong.set("no_such_argument", 1);
  EXPECT_THROW(LayerClass::from_config(wrong), ValueError);
}

struct Case {
  Layer layer;
  std::vector<float> broadcast;  ///< Of (2, 3) and (2, 2, 3).
  std::vector<float> masked;     ///< Of ramp and -2 ramp, (1, 3, 2), with masks 110 and 010.
};

std::vector<Case> cases() {
  return {
      {Add(),
       {-2.5f, 1, -1, 0, 0.75f, -1.25f, 2.25f, 0.25f, -1.75f, 2, 0, -2},
       {1.25f, -0.5f, 0.5f, -1.25f, -0.25f, 0.75f}},
      {Multiply(),
       {1.5625f, 0.25f, 0.25f, -1.5625f, 0.125f, 0.375f, 1.25f, 0, 0.75f, 0.9375f, -0.0625f,
        0.9375f},
       {-1.25f, 0.5f, -0.5f, -3.125f, 0, 0}},
      {Average(),
       {-1.25f, 0.5f, -0.5f, 0, 0.375f, -0.625f, 1.125f, 0.125f, -0.875f, 1, 0, -1},
       {0.625f, -0.25f, 0.25f, -0.625f, -0.125f, 0.375f}},
      {Maximum(),
       {-1.25f, 0.5f, -0.5f, 1.25f, 0.5f, -0.5f, 1.25f, 0.25f, -0.75f, 1.25f, 0.25f, -0.75f},
       {-1.25f, 0.5f, 1, 1.25f, 0.25f, -0.75f}},
      {Minimum(),
       {-1.25f, 0.5f, -0.5f, -1.25f, 0.25f, -0.75f, 1, 0, -1, 0.75f, -0.25f, -1.25f},
       {-1.25f, 0.5f, -0.5f, -2.5f, 0.25f, -0.75f}},
      {Subtract(),
       {0, 0, 0, -2.5f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f},
       {-3.75f, 1.5f, -1.5f, 3.75f, 0.75f, -2.25f}},
  };
}

TEST(Merge, AgreesWithKerasAcrossRanks) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.layer.class_name());
    expect_values(one.layer({ramp({2, 3}), ramp({2, 2, 3})}), {2, 2, 3}, one.broadcast);
  }
}

TEST(Merge, AgreesWithKerasUnderMasks) {
  for (const auto& one : cases()) {
    SCOPED_TRACE(one.layer.class_name());
    const Tensor a = ramp({1, 3, 2}).with_mask(bools({true, true, false}, {1, 3}));
    const Tensor b = (ramp({1, 3, 2}) * -2).with_mask(bools({false, true, false}, {1, 3}));
    const Tensor y = one.layer({a, b});
    expect_values(y, {1, 3, 2}, one.masked);
    ASSERT_TRUE(y.mask());
    EXPECT_EQ(y.mask()->to_vector<float>(), (std::vector<float>{1, 1, 0}));
    EXPECT_FALSE(one.layer({a, ramp({1, 3, 2})}).mask());
  }
}

TEST(Merge, RefusesInputsThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        Add()({ramp({2, 3}), ramp({2, 4})});
      },
      "Inputs have incompatible shapes. Received shapes (3,) and (4,)");
  expect_error<ShapeError>(
      [] {
        Add()({ramp({2, 3}), ramp({3, 3})});
      },
      "Cannot merge tensors with different batch sizes. Received tensors with "
      "shapes [(2, 3), (3, 3)]");
  expect_error<ShapeError>(
      [] {
        Subtract()({ramp({2, 3}), ramp({2, 3}), ramp({2, 3})});
      },
      "A `Subtract` layer should be called on exactly 2 inputs.");
  const Add add;
  add({ramp({2, 3}), ramp({2, 3})});
  EXPECT_THROW(add({ramp({2, 3}), ramp({2, 4})}), ShapeError);
}

TEST(Merge, WorksInFunctionalModels) {
  const Tensor a = Input({3});
  const Tensor b = Input({3});
  const Tensor sum = Add()({a, b, a});
  const Tensor y = Concatenate()({sum, Dot(1)({a, b})});
  EXPECT_EQ(y.shape(), (Shape{kUnknown, 4}));
  const Model model({a, b}, {y});
  expect_values(model({Tensor::from(std::vector<float>{1, 2, 3}, {1, 3}),
                       Tensor::from(std::vector<float>{1, 0, -1}, {1, 3})}),
                {1, 4}, {3, 4, 5, -2});
}

TEST(Merge, HasRightGradientsAndConfigs) {
  const MergeOptions in_double{.dtype = "float64"};
  const std::vector<Layer> layers = {Add(in_double),     Subtract(in_double), Multiply(in_double),
                                     Average(in_double), Maximum(in_double),  Minimum(in_double)};
  const Tensor mask = bools({true, true, false}, {1, 3});
  for (const auto& layer : layers) {
    SCOPED_TRACE(layer.class_name());
    const Tensors inputs = {distinct({1, 3, 2}), distinct({1, 1, 2}) * 0.7};
    expect_gradients([&](const Tensors& in) { return layer(in); }, inputs);
    expect_gradients(
        [&](const Tensors& in) {
          return layer({in[0].with_mask(mask), in[1]});
        },
        inputs);
  }
  expect_round_trip(Add({.name = "a"}));
  expect_round_trip(Subtract({.name = "a"}));
  expect_round_trip(Multiply({.name = "a"}));
  expect_round_trip(Average({.name = "a"}));
  expect_round_trip(Maximum({.name = "a"}));
  expect_round_trip(Minimum({.name = "a"}));
}

TEST(Merge, FunctionsCallNewLayers) {
  const Tensor a = Tensor::of<float>({1, 5});
  const Tensor b = Tensor::of<float>({4, 2});
  expect_values(add({a, b}), {2}, {5, 7});
  expect_values(subtract({a, b}), {2}, {-3, 3});
  expect_values(multiply({a, b}), {2}, {4, 10});
  expect_values(average({a, b}), {2}, {2.5f, 3.5f});
  expect_values(maximum({a, b}), {2}, {4, 5});
  expect_values(minimum({a, b}), {2}, {1, 2});
  expect_values(concatenate({ramp({2, 1}), ramp({2, 1})}, {.axis = 0}), {4, 1},
                {-1.25f, 0.5f, -1.25f, 0.5f});
  expect_values(dot({ramp({2, 3}), ramp({2, 3}) * 2}, 1), {2, 1}, {4.125f, 4.375f});
  const Tensor x = Input({3});
  const Model model({x}, {add({x, x}, {.name = "twice"})});
  EXPECT_TRUE(model.get_layer("twice").defined());
}

TEST(Concatenate, AgreesWithKeras) {
  const Concatenate layer({.name = "c"});
  const Tensor a = ramp({1, 3, 2}).with_mask(bools({true, true, false}, {1, 3}));
  const Tensor b = (ramp({1, 3, 2}) * -2).with_mask(bools({false, true, false}, {1, 3}));
  const Tensor y = layer({a, b});
  expect_values(y, {1, 3, 4},
                {-1.25f, 0.5f, 2.5f, -1, -0.5f, 1.25f, 1, -2.5f, 0.25f, -0.75f, -0.5f, 1.5f});
  ASSERT_TRUE(y.mask());
  EXPECT_EQ(y.mask()->to_vector<float>(), (std::vector<float>{1, 1, 0}));
  const Tensor along_time = Concatenate({.axis = 1})({a, ramp({1, 1, 2})});
  ASSERT_TRUE(along_time.mask());
  EXPECT_EQ(along_time.mask()->to_vector<float>(), (std::vector<float>{1, 1, 0, 1}));
  EXPECT_FALSE(layer({ramp({1, 2}), ramp({1, 3})}).mask());
  expect_round_trip(layer);
}

TEST(Concatenate, RefusesInputsThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        Concatenate()({ramp({2, 3, 2}), ramp({2, 4, 2})});
      },
      "A `Concatenate` layer requires inputs with matching shapes except for the concatenation "
      "axis. Received: input_shape=[(None, 3, 2), (None, 4, 2)]");
  EXPECT_THROW(Concatenate({.axis = 3})({ramp({2, 3}), ramp({2, 3})}), ValueError);
  const Concatenate layer({.dtype = "float64"});
  expect_gradients([&](const Tensors& in) { return layer(in); },
                   {distinct({2, 3}), distinct({2, 2})});
}

TEST(Dot, AgreesWithKeras) {
  expect_values(Dot(1)({ramp({2, 3}), ramp({2, 3}) * 2}), {2, 1}, {4.125f, 4.375f});
  const Dot cosine(-1, {.normalize = true, .name = "d"});
  expect_values(cosine({ramp({2, 3}), ramp({2, 3}) + 1}), {2, 1}, {0.3534227f, 0.7680189f});
  const Dot product({2, 1}, {.name = "d"});
  expect_values(product({ramp({2, 2, 3}), ramp({2, 3, 2})}), {2, 2, 2},
                {1.1875f, 0.375f, -1.875f, 1.5f, 1.25f, 1.25f, 1.3125f, 1.375f});
  expect_values(Dot({1, 2})({ramp({1, 3, 2, 2}), ramp({1, 2, 3})}), {1, 2, 2, 2},
                {2.1875f, -0.75f, -1.375f, -0.125f, 1.25f, -0.1875f, -0.9375f, 2.5f});
  expect_round_trip(cosine);
  expect_round_trip(product);
  EXPECT_EQ(product.get_config().at("axes").to_string(), "[2, 1]");
}

TEST(Dot, RefusesInputsThatDoNotFit) {
  expect_error<ShapeError>(
      [] {
        Dot(1)({ramp({2, 3, 2}), ramp({2, 4, 2})});
      },
      "Incompatible input shapes: axis values 3 (at axis 1) != 4 (at axis 1). "
      "Full input shapes: (None, 3, 2), (None, 4, 2)");
  expect_error<ShapeError>([] { Dot(1)({ramp({2, 3}), ramp({3, 3})}); }, "different batch sizes");
  expect_error<ShapeError>(
      [] {
        Dot(1)({ramp({2, 3}), ramp({2, 3}), ramp({2, 3})});
      },
      "A `Dot` layer should be called on a list of 2 inputs.");
  expect_error<ValueError>(
      [] {
        Dot(0)({ramp({2, 3}), ramp({2, 3})});
      },
      "Cannot perform batch_dot over axis 0.");
  expect_error<ValueError>(
      [] {
        Dot::from_config({{"axes", Config::list({1, 2, 3})}});
      },
      "should contain two elements");
}

TEST(Dot, HasRightGradients) {
  const Dot layer(1, {.normalize = true, .dtype = "float64"});
  expect_gradients([&](const Tensors& in) { return layer(in); },
                   {distinct({2, 3, 2}), distinct({2, 3})});
}

}  // namespace
}  // namespace keras::layers
