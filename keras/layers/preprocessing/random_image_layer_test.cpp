#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_contrast.h"
#include "keras/layers/preprocessing/random_crop.h"
#include "keras/layers/preprocessing/random_flip.h"
#include "keras/layers/preprocessing/random_rotation.h"
#include "keras/layers/preprocessing/random_translation.h"
#include "keras/layers/preprocessing/random_zoom.h"
#include "keras/models/model.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

Tensor count(const Shape& shape, float scale = 1) {
  return ops::reshape(ops::arange(shape.size()), shape) * scale;
}

Tensor photo() { return count({1, 3, 4, 1}, 1.0f); }

const CallOptions kTraining = {.training = true};

std::vector<Layer> all_layers() {
  return {RandomFlip(),    RandomContrast(0.5),         RandomBrightness(0.5), RandomRotation(0.2),
          RandomZoom(0.3), RandomTranslation(0.1, 0.2), RandomCrop(2, 2)};
}

// Values are those of Keras, for ranges of a single number.

TEST(RandomRotation, TurnsAsKeras) {
  expect_values(RandomRotation({0.25, 0.25})(photo(), kTraining), {1, 3, 4, 1},
                {2.5f, 4.5f, 8.5f, 10.5f, 1.5f, 3.5f, 7.5f, 9.5f, 0.5f, 2.5f, 6.5f, 8.5f});
  expect_values(RandomRotation({0.1, 0.1})(photo(), kTraining), {1, 3, 4, 1},
                {0.87426f, 1.68328f, 4.4318f, 7.29064f, 0.75976f, 3.91992f, 7.08008f, 10.24024f,
                 3.70936f, 6.5682f, 9.31672f, 10.12574f});
  expect_values(
      RandomRotation({0.1, 0.1}, {.fill_mode = "constant", .fill_value = -1})(photo(), kTraining),
      {1, 3, 4, 1},
      {-0.42028f, 1.40714f, 4.4318f, 4.79258f, 0.75976f, 3.91992f, 7.08008f, 10.24024f, 2.29038f,
       6.5682f, 8.25503f, 2.44125f});
}

TEST(RandomZoom, ZoomsAsKeras) {
  expect_values(RandomZoom({0.2, 0.2})(photo(), kTraining), {1, 3, 4, 1},
                {0, 0.9f, 2.1f, 3, 4, 4.9f, 6.1f, 7, 8, 8.9f, 10.1f, 11});
  expect_values(
      RandomZoom({0.2, 0.2}, {.width_factor = RandomRange(-0.5, -0.5), .fill_mode = "nearest"})(
          photo(), kTraining),
      {1, 3, 4, 1},
      {0.75f, 1.25f, 1.75f, 2.25f, 4.75f, 5.25f, 5.75f, 6.25f, 8.75f, 9.25f, 9.75f, 10.25f});
}

TEST(RandomTranslation, FillsAsKeras) {
  const std::map<std::string, std::vector<float>> expected = {
      {"reflect", {1.6f, 2.6f, 3, 2.4f, 2.6f, 3.6f, 4, 3.4f, 6.6f, 7.6f, 8, 7.4f}},
      {"wrap", {7.6f, 8.6f, 7.2f, 6.6f, 2.6f, 3.6f, 2.2f, 1.6f, 6.6f, 7.6f, 6.2f, 5.6f}},
      {"constant", {0.4f, 0.65f, 0.3f, 0, 2.6f, 3.6f, 1.6f, 0, 6.6f, 7.6f, 3.2f, 0}},
      {"nearest", {1.6f, 2.6f, 3, 3, 2.6f, 3.6f, 4, 4, 6.6f, 7.6f, 8, 8}}};
  for (const auto& [mode, values] : expected) {
    SCOPED_TRACE(mode);
    expect_values(
        RandomTranslation({0.25, 0.25}, {-0.4, -0.4}, {.fill_mode = mode})(photo(), kTraining),
        {1, 3, 4, 1}, values);
  }
  expect_values(
      RandomTranslation({0.25, 0.25}, {-0.4, -0.4},
                        {.fill_mode = "wrap", .interpolation = "nearest"})(photo(), kTraining),
      {1, 3, 4, 1}, {10, 11, 8, 9, 2, 3, 0, 1, 6, 7, 4, 5});
  expect_values(RandomTranslation({0.25, 0.25}, {-0.4, -0.4}, {.data_format = "channels_first"})(
                    ops::reshape(photo(), {1, 1, 3, 4}), kTraining),
                {1, 1, 3, 4}, expected.at("reflect"));
}

TEST(RandomBrightness, AddsAsKeras) {
  expect_values(
      RandomBrightness({0.1, 0.1})(photo() * 22, kTraining), {1, 3, 4, 1},
      {25.5f, 47.5f, 69.5f, 91.5f, 113.5f, 135.5f, 157.5f, 179.5f, 201.5f, 223.5f, 245.5f, 255});
  expect_values(RandomBrightness({-0.5, -0.5}, {.value_range = {0, 1}})(photo() / 12.0f, kTraining),
                {1, 3, 4, 1}, {0, 0, 0, 0, 0, 0, 0, 0.08333f, 0.16667f, 0.25f, 0.33333f, 0.41667f});
}

TEST(RandomContrast, MovesEachImageAwayFromItsMean) {
  const Tensor x = count({8, 2, 2, 1}) * 0.1f + 10.0f;
  const std::vector<float> in = x.to_vector<float>();
  const std::vector<float> out =
      RandomContrast({0.5, 0.75}, {.seed = 1})(x, kTraining).to_vector<float>();
  std::set<float> factors;
  for (std::size_t i = 0; i < in.size(); i += 4) {
    const float mean = (in[i] + in[i + 3]) / 2;
    const float factor = (out[i] - mean) / (in[i] - mean);
    EXPECT_GE(factor, 0.499f);
    EXPECT_LE(factor, 1.751f);
    EXPECT_NEAR(out[i + 2], mean + (in[i + 2] - mean) * factor, 1e-4f);
    factors.insert(factor);
  }
  EXPECT_EQ(factors.size(), 8u);
  const std::vector<float> cut =
      RandomContrast(1.0, {.value_range = {10, 11}})(x, kTraining).to_vector<float>();
  for (const float value : cut) EXPECT_TRUE(value >= 10 && value <= 11);
}

TEST(RandomFlip, FlipsAboutHalfOfTheImages) {
  const Tensor x = count({64, 2, 3, 1});
  const std::map<std::string, Axes> axes = {
      {"horizontal", 2}, {"vertical", 1}, {"horizontal_and_vertical", {1, 2}}};
  for (const auto& [mode, axis] : axes) {
    SCOPED_TRACE(mode);
    const std::vector<float> in = x.to_vector<float>();
    const std::vector<float> turned = ops::flip(x, {.axis = axis}).to_vector<float>();
    const std::vector<float> out =
        RandomFlip({.mode = mode, .seed = 3})(x, kTraining).to_vector<float>();
    int flipped = 0;
    for (std::size_t i = 0; i < in.size(); i += 6) {
      const bool is_flipped = std::equal(out.begin() + static_cast<std::ptrdiff_t>(i),
                                         out.begin() + static_cast<std::ptrdiff_t>(i) + 6,
                                         turned.begin() + static_cast<std::ptrdiff_t>(i));
      flipped += is_flipped;
      EXPECT_TRUE(is_flipped || out[i] == in[i]);
    }
    EXPECT_GT(flipped, 16);
    EXPECT_LT(flipped, 48);
  }
}

TEST(RandomCrop, CutsOnePartOfAllImages) {
  const Tensor x = count({2, 5, 6, 1});
  std::set<float> corners;
  const RandomCrop layer(3, 2, {.seed = 2});
  for (int i = 0; i < 30; ++i) {
    const Tensor y = layer(x, kTraining);
    ASSERT_EQ(y.shape(), (Shape{2, 3, 2, 1}));
    const std::vector<float> out = y.to_vector<float>();
    EXPECT_EQ(out[1], out[0] + 1);
    EXPECT_EQ(out[2], out[0] + 6);
    EXPECT_EQ(out[6], out[0] + 30);
    EXPECT_LE(out[0], 16);
    corners.insert(out[0]);
  }
  EXPECT_GT(corners.size(), 5u);
}

TEST(RandomCrop, ResizesWhatIsTooSmallAsKeras) {
  expect_values(RandomCrop(4, 2)(photo(), kTraining), {1, 4, 2, 1},
                {1, 2, 3.5f, 4.5f, 6.5f, 7.5f, 9, 10});
  expect_values(RandomCrop(3, 2)(photo(), kTraining), {1, 3, 2, 1}, {1, 2, 5, 6, 9, 10});
  expect_values(RandomCrop(2, 4)(photo(), kTraining), {1, 2, 4, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
}

TEST(RandomImageLayers, LeaveImagesAloneAtInference) {
  for (const Layer& layer : all_layers()) {
    SCOPED_TRACE(layer.name());
    const Tensor x = count({32, 3, 4, 1});
    EXPECT_EQ(layer(x, {.training = false}).to_vector<float>(), x.to_vector<float>());
    EXPECT_NE(layer(x, {.training = true}).to_vector<float>(), x.to_vector<float>());
    EXPECT_EQ(layer(ops::squeeze(photo(), {.axis = 0}), {.training = true}).rank(), 3);
  }
}

TEST(RandomImageLayers, FollowTheModelInTrainingAndInference) {
  Tensor inputs = Input({2, 2, 1});
  const Model model(inputs, RandomBrightness(0.5, {.seed = 1})(inputs, {.training = true}));
  const Tensor x = ops::ones({3, 2, 2, 1}) * 100.0f;
  EXPECT_EQ(model.predict(x).to_vector<float>(), x.to_vector<float>());
  EXPECT_NE(model(x, {.training = true}).to_vector<float>(), x.to_vector<float>());
}

TEST(RandomImageLayers, TrainInsideAModel) {
  Tensor inputs = Input({6, 6, 1});
  Tensor x = RandomFlip()(inputs);
  for (const Layer& layer :
       {Layer(RandomRotation(0.1)), Layer(RandomZoom(0.2)), Layer(RandomTranslation(0.1, 0.1)),
        Layer(RandomContrast(0.2, {.value_range = {0, 4}})),
        Layer(RandomBrightness(0.1, {.value_range = {0, 4}})), Layer(RandomCrop(4, 4))})
    x = layer(x);
  Model model(inputs, Dense(1)(GlobalAveragePooling2D()(x)));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const auto history = model.fit(count({10, 6, 6, 1}, 0.01f), ops::zeros({10, 1}),
                                 {.batch_size = 4, .epochs = 2, .verbose = 0});
  EXPECT_LT(history.history["loss"].back(), 1e3);
  EXPECT_EQ(model.predict(count({3, 6, 6, 1}), {.verbose = 0}).shape(), (Shape{3, 1}));
}

TEST(RandomImageLayers, RepeatWithTheSeed) {
  const Tensor x = photo();
  EXPECT_EQ(RandomRotation(0.3, {.seed = 4})(x, kTraining).to_vector<float>(),
            RandomRotation(0.3, {.seed = 4})(x, kTraining).to_vector<float>());
  const RandomRotation layer(0.3, {.seed = 4});
  const std::vector<float> first = layer(x, kTraining).to_vector<float>();
  EXPECT_NE(layer(x, kTraining).to_vector<float>(), first);
}

TEST(RandomImageLayers, KnowShapesBeforeData) {
  EXPECT_EQ(RandomCrop(4, 5)(Input({kUnknown, kUnknown, 3})).shape().to_string(),
            "(None, 4, 5, 3)");
  EXPECT_EQ(RandomZoom(0.1)(Input({8, 6, 3})).shape().to_string(), "(None, 8, 6, 3)");
  EXPECT_EQ(RandomCrop(4, 5)(Input({8, 6, 3})).shape().to_string(), "(None, 4, 5, 3)");
}

TEST(RandomImageLayers, ConfigsAreKeras) {
  expect_config_keys(RandomFlip({.mode = "vertical"}), {"data_format", "seed", "mode"});
  expect_config_keys(RandomContrast(0.3), {"data_format", "factor", "value_range", "seed"});
  expect_config_keys(RandomCrop(2, 3), {"data_format", "height", "width", "seed"});
  expect_config_keys(RandomRotation(0.3),
                     {"data_format", "factor", "fill_mode", "fill_value", "interpolation", "seed"});
  expect_config_keys(RandomZoom(0.3), {"data_format", "height_factor", "width_factor", "fill_mode",
                                       "interpolation", "seed", "fill_value"});
  expect_config_round_trip(RandomFlip({.mode = "vertical", .seed = 3}));
  expect_config_round_trip(RandomContrast({0.1, 0.3}, {.value_range = {0, 1}}));
  expect_config_round_trip(RandomBrightness(0.4));
  expect_config_round_trip(RandomCrop(2, 3, {.data_format = "channels_first"}));
  expect_config_round_trip(RandomRotation({-0.1, 0.3}, {.fill_mode = "wrap"}));
  expect_config_round_trip(RandomZoom({-0.1, 0.3}, {.width_factor = RandomRange(0.2)}));
  expect_config_round_trip(RandomTranslation(0.1, {-0.2, 0.3}, {.interpolation = "nearest"}));
}

TEST(RandomImageLayers, RefuseBadArguments) {
  expect_error<ValueError>([] { RandomFlip({.mode = "x"}); }, "mode=x");
  expect_error<ValueError>([] { RandomContrast(2); }, "in the range [0, 1]. Received: factor=2");
  expect_error<ValueError>(
      [] {
        RandomBrightness({1.5, 2});
      },
      "in the range [-1, 1]. Received: factor=(1.5, 2");
  expect_error<ValueError>([] { RandomZoom(-1); }, "in the range (-1.0, 1.0]");
  expect_error<ValueError>([] { RandomTranslation(2, 0); }, "in the range [-1.0, 1.0]");
  expect_error<ValueError>([] { RandomRotation(0.2, {.fill_mode = "mirror"}); },
                           "Unknown `fill_mode` mirror");
  expect_error<ValueError>([] { RandomRotation(0.2, {.interpolation = "bicubic"}); },
                           "Unknown `interpolation` bicubic");
  expect_error<ValueError>([] { RandomCrop(0, 3); }, "`height` and `width` must be positive");
  expect_error<ShapeError>(
      [] {
        RandomFlip()(count({3, 4}));
      },
      "Expected image tensor to have rank 3");
}

}  // namespace
}  // namespace keras::layers
