#include "keras/layers/preprocessing/normalization.h"

#include <gtest/gtest.h>

#include <vector>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "keras/trainers/data_adapters/dataset.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_input_gradients;
using testing::expect_values;
using testing::ramp;

Tensor part(const Tensor& x, int axis, int begin, int end) {
  return ops::take(x, ops::arange(begin, end, 1), {.axis = axis});
}

void expect_statistics(const Normalization& layer, const Shape& shape,
                       const std::vector<float>& mean, const std::vector<float>& variance) {
  ASSERT_EQ(layer.weights().size(), 3u);
  EXPECT_TRUE(layer.trainable_weights().empty());
  expect_values(layer.weights()[0].value(), shape, mean);
  expect_values(layer.weights()[1].value(), shape, variance);
  EXPECT_EQ(layer.weights()[2].value().item<int>(), 0);
}

TEST(Normalization, AdaptsToTheChannelsAsKeras) {
  const Tensor x = ramp({2, 3, 2});
  const Normalization layer;
  layer.adapt(x);
  expect_statistics(layer, {2}, {-0.2916667f, 0.0833333f}, {0.5711806f, 0.7430555f});
  expect_values(layer(x), {2, 3, 2},
                {-1.2680311f, 0.4833683f, -0.2756589f, 1.3534311f, 0.7167131f, -0.9667366f,
                 1.7090852f, -0.0966737f, -0.9372404f, 0.7733893f, 0.0551318f, -1.5467786f});
}

TEST(Normalization, AdaptsToAllElementsAsKeras) {
  const Tensor x = ramp({2, 3, 2});
  const Normalization layer({.axis = std::nullopt});
  layer.adapt(x);
  expect_statistics(layer, {}, {-0.1041667f}, {0.6922743f});
  EXPECT_NEAR(layer(x).to_vector<float>()[0], -1.3771535f, 1e-5);
}

TEST(Normalization, InvertsWithSeveralAxesAsKeras) {
  const Tensor x = ramp({2, 3, 2});
  const Normalization layer({.axis = {1, 2}, .invert = true});
  layer.adapt(x);
  expect_values(layer(x), {2, 3, 2},
                {-1.53125f, 0.375f, -0.875f, 1.3125f, 0.0625f, -1.1875f, 1, 0.25f, -1, 1.1875f,
                 -0.0625f, -1.3125f});
}

TEST(Normalization, AdaptsToBatchesAsToAllAtOnce) {
  const Tensor x = ramp({2, 3, 2});
  const Normalization layer;
  layer.adapt({part(x, 1, 0, 2), part(x, 1, 2, 3)});
  expect_statistics(layer, {2}, {-0.2916667f, 0.0833333f}, {0.5711806f, 0.7430555f});
  const Normalization uneven;
  uneven.adapt({ramp({3, 2}), part(ramp({4, 2}), 0, 3, 4)});
  expect_statistics(uneven, {2}, {-0.125f, 0.25f}, {0.703125f, 0.53125f});
  // A later call begins anew.
  uneven.adapt(ops::ones({4, 2}));
  expect_statistics(uneven, {2}, {1, 1}, {0, 0});
}

TEST(Normalization, AdaptsToDatasets) {
  const Tensor x = ramp({4, 2});
  const Dataset dataset = Dataset::from_function(2, [&](std::int64_t i) {
    return Batch{part(x, 0, static_cast<int>(2 * i), static_cast<int>(2 * i + 2)), Tensor(1), {}};
  });
  const Normalization layer;
  layer.adapt(dataset);
  const Normalization whole;
  whole.adapt(x);
  for (const int i : {0, 1})
    expect_values(layer.get_weights()[static_cast<std::size_t>(i)], {2},
                  whole.get_weights()[static_cast<std::size_t>(i)].to_vector<float>());
}

TEST(Normalization, UsesGivenStatisticsAsKeras) {
  const Tensor x = ramp({2, 3, 2});
  const Normalization rows(
      {.axis = 1, .mean = Tensor::of<float>({1, 2, 3}), .variance = Tensor::of<float>({1, 4, 0})});
  expect_values(rows(x), {2, 3, 2},
                {-2.25f, -0.5f, -1.25f, -0.375f, -2.75e7f, -3.75e7f, 0, -1, -1.5f, -0.625f,
                 -3.25e7f, -4.25e7f});
  EXPECT_TRUE(rows.weights().empty());
  const Normalization last(
      {.axis = {1, 2}, .mean = Tensor::of<float>({1, 2}), .variance = Tensor::of<float>({1, 4})});
  expect_values(
      last(x), {2, 3, 2},
      {-2.25f, -0.75f, -1.5f, -0.375f, -0.75f, -1.375f, 0, -1, -2, -0.625f, -1.25f, -1.625f});
  const Normalization all({.axis = std::nullopt, .mean = 1.0, .variance = 4.0, .invert = true});
  expect_values(all(part(x, 0, 0, 1)), {1, 3, 2}, {-1.5f, 2, 0, 3.5f, 1.5f, -0.5f});
}

TEST(Normalization, TakesIntegersAndUnadaptedDoesNothing) {
  const Normalization layer;
  expect_values(layer(Tensor::from(std::vector<std::int32_t>{1, 2}, {1, 2})), {1, 2}, {1, 2});
  EXPECT_EQ(Normalization()(Input({3})).shape(), (Shape{kUnknown, 3}));
}

TEST(Normalization, HasRightGradients) {
  const Normalization layer({.dtype = "float64"});
  layer.adapt(ramp({4, 3}));
  expect_input_gradients(layer, {2, 3});
}

TEST(Normalization, ConfigIsKeras) {
  const Normalization layer({.axis = {1, 2},
                             .mean = Tensor::from(std::vector<double>{1, 2, 3, 4}, {2, 2}),
                             .variance = Tensor::from(std::vector<double>{1, 1, 1, 0.1}, {2, 2})});
  expect_config_keys(layer, {"axis", "invert", "mean", "variance"});
  EXPECT_EQ(layer.get_config().at("axis").to_string(), "[1, 2]");
  EXPECT_EQ(layer.get_config().at("mean").to_string(), "[[1.0, 2.0], [3.0, 4.0]]");
  EXPECT_EQ(layer.get_config().at("variance").to_string(), "[[1.0, 1.0], [1.0, 0.1]]");
  expect_config_round_trip(layer);
  expect_config_round_trip(Normalization({.invert = true, .name = "n"}));
  const Normalization all({.axis = std::nullopt});
  EXPECT_EQ(all.get_config().at("axis").to_string(), "[]");
  expect_config_round_trip(all);
}

TEST(Normalization, RefusesBadArguments) {
  expect_error<ValueError>([] { Normalization({.mean = 1.0}); },
                           "When setting values directly, both `mean` and `variance` must be set. "
                           "Received: mean=1.0 and variance=None");
  expect_error<ValueError>(
      [] { Normalization({.mean = Tensor::of<float>({1}), .variance = 1.0}); },
      "must have the same shape. Received: mean shape (1,) and variance shape ()");
  expect_error<ValueError>(
      [] {
        Normalization({.axis = std::nullopt,
                       .mean = Tensor::of<float>({1}),
                       .variance = Tensor::of<float>({1})});
      },
      "number of axes (0). Received: mean shape (1,) for axis ()");
  expect_error<ValueError>(
      [] {
        Normalization({.axis = 3})(ramp({2, 3, 2}));
      },
      "All `axis` values must be in the range [-ndim, ndim). Received inputs "
      "with ndim=3, while axis=(3,)");
  expect_error<ValueError>(
      [] {
        Normalization({.axis = 1}).build(Shape{kUnknown, kUnknown, 2});
      },
      "inputs.shape=(None, None, 2), with unknown axis at index 1");
}

TEST(Normalization, RefusesDataThatDoesNotFit) {
  const Normalization layer;
  layer.adapt(ramp({2, 2}));
  expect_error<ValueError>(
      [&] {
        layer.adapt(ramp({2, 3}));
      },
      "The layer was built with input_shape=(None, 2), but adapt() is being "
      "called with data with an incompatible shape, data.shape=(2, 3)");
  expect_error<ValueError>(
      [&] {
        layer.adapt(Tensors{ramp({2, 2}), ramp({2, 3})});
      },
      "adapt() yielded a batch with incompatible shape. Expected (None, 2), got (2, 3).");
  expect_statistics(layer, {2}, {-0.875f, 0.875f}, {0.140625f, 0.140625f});
  expect_error<ValueError>([&] { layer.adapt(Tensors{}); }, "no batches");
  expect_error<ValueError>(
      [] {
        Normalization({.mean = 1.0, .variance = 1.0}).adapt(ramp({2, 2}));
      },
      "was given `mean` and `variance`");
}

}  // namespace
}  // namespace keras::layers
