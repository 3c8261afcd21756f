#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "keras/layers/core/dense.h"
#include "keras/layers/core/input_layer.h"
#include "keras/layers/pooling/pooling.h"
#include "keras/layers/preprocessing/color_correction.h"
#include "keras/layers/preprocessing/image_mixing.h"
#include "keras/layers/preprocessing/random_color.h"
#include "keras/layers/preprocessing/random_filters.h"
#include "keras/layers/preprocessing/random_geometry.h"
#include "keras/models/model.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"
#include "keras/utils/random_seed.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_keys;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;

const CallOptions kTraining = {.training = true};

/// Bytes in an uneven order.
Tensor photos() {
  std::vector<float> values(std::size_t{2} * 4 * 5 * 3);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 37 % 256);
  return Tensor::from(values, {2, 4, 5, 3});
}

Tensor part(const Tensor& x, std::int64_t rows, std::int64_t columns) {
  return ops::slice_axis(ops::slice_axis(ops::slice_axis(x, 0, 0, 1), 1, 0, rows), 2, 0, columns);
}

Tensor photo() { return part(photos(), 2, 3); }
Tensor first_channel(const Tensor& x) { return ops::slice_axis(x, 3, 0, 1); }
Tensor channels_first(const Tensor& x) { return ops::transpose(x, {.axes = {0, 3, 1, 2}}); }

std::vector<Layer> random_layers() {
  return {RandomHue(0.5),
          RandomSaturation(0.4),
          RandomColorDegeneration(0.5),
          RandomGrayscale(),
          RandomInvert({.factor = {0.5, 0.9}}),
          RandomPosterization(4),
          RandomColorJitter({.brightness_factor = 0.2,
                             .contrast_factor = 0.2,
                             .saturation_factor = 0.6,
                             .hue_factor = 0.2}),
          Solarization({.threshold_factor = 0.5}),
          Equalization(),
          RandomShear({.x_factor = 0.4, .y_factor = 0.3}),
          RandomPerspective({.factor = {0.9, 1}}),
          RandomElasticTransform({.factor = {0.9, 1}, .scale = {0.9, 1}}),
          RandomSharpness(1),
          RandomGaussianBlur({.factor = {0.9, 1}, .sigma = {0.5, 1}}),
          RandomErasing({.factor = {0.9, 1}, .scale = {0.3, 0.5}}),
          MixUp({.alpha = 1}),
          CutMix(),
          RandAugment({.num_ops = 8}),
          AugMix({.factor = 0.8})};
}

// Values are those of Keras, for ranges of a single number.

TEST(RandomColor, ChangesColorsAsKeras) {
  expect_values(RandomSaturation({0.3, 0.3}, {.value_range = {0, 1}})(photo() / 255.0, kTraining),
                {1, 2, 3, 3},
                {0.165826f, 0.228011f, 0.290196f, 0.60112f, 0.663305f, 0.72549f, 0.870588f,
                 0.502521f, 0.564706f, 0.334454f, 0.396639f, 0.458824f, 0.769748f, 0.831933f,
                 0.894118f, 0.20112f, 0.263305f, 0.32549f},
                1e-4f);
  expect_values(
      RandomColorDegeneration({0.3, 0.3})(photo(), kTraining), {1, 2, 3, 3},
      {9.0465f, 34.9465f, 60.8465f, 120.043f, 145.943f, 171.843f, 177.203f, 23.903f, 49.803f,
       52.0452f, 77.9452f, 103.845f, 163.042f, 188.942f, 214.842f, 18.0462f, 43.9462f, 69.8462f},
      1e-4f);
  expect_values(
      RandomGrayscale({.factor = 1})(photo(), kTraining), {1, 2, 3, 3},
      {30.155f, 30.155f, 30.155f, 141.144f, 141.144f, 141.144f, 72.6768f, 72.6768f, 72.6768f,
       73.1507f, 73.1507f, 73.1507f, 184.14f, 184.14f, 184.14f, 39.1541f, 39.1541f, 39.1541f},
      1e-4f);
  expect_values(
      RandomInvert({.factor = {1, 1}})(photo(), kTraining), {1, 2, 3, 3},
      {255, 218, 181, 144, 107, 70, 33, 252, 215, 212, 175, 138, 101, 64, 27, 246, 209, 172},
      1e-4f);
  expect_values(RandomPosterization({3, 3})(photo(), kTraining), {1, 2, 3, 3},
                {0, 32, 64, 96, 128, 160, 192, 0, 32, 32, 64, 96, 128, 160, 224, 0, 32, 64}, 1e-4f);
  expect_values(
      RandomColorJitter({.value_range = {0, 1},
                         .brightness_factor = RandomRange(0.1, 0.1),
                         .saturation_factor = RandomRange(0.3, 0.3)})(photo() / 255.0, kTraining),
      {1, 2, 3, 3},
      {0.265826f, 0.328011f, 0.390196f, 0.70112f, 0.763305f, 0.82549f, 0.970588f, 0.602521f,
       0.664706f, 0.434454f, 0.496639f, 0.558824f, 0.869748f, 0.931933f, 0.994118f, 0.30112f,
       0.363305f, 0.42549f},
      1e-4f);
}

TEST(RandomHue, TurnsEitherWay) {
  const Tensor x = ops::broadcast_to(photo() / 255.0, {16, 2, 3, 3});
  const Tensor hsv = ops::image::rgb_to_hsv(
      RandomHue({0.4, 0.4}, {.value_range = {0, 1}, .seed = 3})(x, kTraining));
  const auto turned = ops::reshape(first_channel(hsv), {16, 6}).to_vector<float>();
  const auto hue = first_channel(ops::image::rgb_to_hsv(photo() / 255.0)).to_vector<float>();
  std::set<bool> ways;
  for (std::size_t i = 0; i < turned.size(); ++i) {
    const float turn = std::fmod(turned[i] - hue[i % 6] + 1.0f, 1.0f);
    EXPECT_NEAR(std::min(turn, 1 - turn), 0.2f, 1e-3f);
    ways.insert(turn < 0.5f);
  }
  EXPECT_EQ(ways.size(), 2u);
}

TEST(ColorCorrection, IsKerass) {
  expect_values(
      Solarization()(photo(), kTraining), {1, 2, 3, 3},
      {255, 218, 181, 144, 107, 70, 33, 252, 215, 212, 175, 138, 101, 64, 27, 246, 209, 172},
      1e-4f);
  expect_values(AutoContrast()(photo() * 0.5 + 20.0, kTraining), {1, 2, 3, 3},
                {0, 46.117f, 46.117f, 127.5f, 196.676f, 196.676f, 255, 0, 0, 49.3919f, 104.441f,
                 104.441f, 176.892f, 255, 255, 10.3378f, 58.3245f, 58.3245f},
                1e-3f);
  expect_values(AutoContrast({.value_range = {0, 1}})(photo() / 512.0, {.training = false}),
                {1, 2, 3, 3},
                {0, 0.180851f, 0.180851f, 0.5f, 0.771277f, 0.771277f, 1, 0, 0, 0.193694f, 0.409574f,
                 0.409575f, 0.693694f, 1, 1, 0.0405405f, 0.228723f, 0.228723f},
                1e-3f);
  expect_values(Equalization()(photo(), kTraining), {1, 2, 3, 3},
                {0, 51, 51, 153, 204, 204, 255, 0, 0, 102, 153, 153, 204, 255, 255, 51, 102, 102},
                1e-4f);
  expect_values(Equalization({.value_range = {0, 1}, .bins = 16})(photo() / 255.0, kTraining),
                {1, 2, 3, 3},
                {0, 0.4f, 0.4f, 0.501961f, 0.8f, 0.8f, 1, 0, 0, 0.25098f, 0.6f, 0.6f, 0.74902f, 1,
                 1, 0, 0.4f, 0.4f},
                1e-4f);
  const Tensor flat = ops::ones({1, 2, 2, 1}) * 7.0;
  EXPECT_EQ(AutoContrast()(flat).to_vector<float>(), flat.to_vector<float>());
  EXPECT_EQ(Equalization()(flat, kTraining).to_vector<float>(), flat.to_vector<float>());
}

TEST(ColorCorrection, EqualizesTilesAsKeras) {
  const Tensor x = first_channel(part(photos(), 4, 5));
  expect_values(ContrastLimitedAdaptiveHistogramEqualization({.tile_grid_size = {2, 2}})(x),
                {1, 4, 5, 1}, {0,        114.345f, 223.869f, 77.5801f, 188.382f, 47.6994f, 157.983f,
                               11.6937f, 121.549f, 232.573f, 86.5902f, 198.008f, 53.0766f, 163.867f,
                               18.8032f, 132.857f, 241.411f, 97.8879f, 207.843f, 64.1862f},
                1e-3f);
  expect_values(ContrastLimitedAdaptiveHistogramEqualization(
                    {.value_range = {0, 1}, .clip_limit = 0, .tile_grid_size = {2, 1}})(
                    first_channel(part(photos(), 3, 3)) / 255.0, {.training = false}),
                {1, 3, 3, 1}, {0, 0.6f, 1, 0.4f, 0.8f, 0.2f, 0.533333f, 0.9f, 0.366667f}, 1e-3f);
  const Tensor all = ContrastLimitedAdaptiveHistogramEqualization()(photos());
  const Tensor y = ContrastLimitedAdaptiveHistogramEqualization({.data_format = "channels_first"})(
      channels_first(photos()));
  EXPECT_EQ(y.to_vector<float>(), channels_first(all).to_vector<float>());
}

TEST(RandomFilters, FilterAsKeras) {
  expect_values(RandomSharpness({0.8, 0.8})(photo(), kTraining), {1, 2, 3, 3},
                {0, 31.3231f, 76.8615f, 132.231f, 186.169f, 228.292f, 255, 0, 31.8769f, 46.6462f,
                 92.1846f, 137.723f, 193.092f, 247.031f, 255, 0, 47.2f, 92.7385f},
                1e-3f);
  expect_values(
      RandomGaussianBlur({.factor = {1, 1}, .kernel_size = {3, 5}, .sigma = {0.7, 0.7}})(photo(),
                                                                                         kTraining),
      {1, 2, 3, 3},
      {25.0092f, 47.6879f, 70.3666f, 83.8806f, 82.0092f, 110.697f, 94.4706f, 32.3695f, 55.0482f,
       37.3994f, 60.0781f, 82.7568f, 80.0097f, 97.6822f, 126.37f, 52.6397f, 44.7597f, 67.4384f},
      1e-3f);
}

TEST(RandomErasing, FillsARectangle) {
  const Tensor x = ops::ones({64, 10, 10, 1});
  const RandomErasing layer(
      {.factor = {1, 1}, .scale = {0.25, 0.25}, .fill_value = {5}, .seed = 1});
  const Tensor erased = ops::cast(ops::equal(layer(x, kTraining), 5.0), DType::kInt32);
  for (const int count : ops::sum(erased, {.axis = {1, 2, 3}}).to_vector<int>()) {
    EXPECT_GE(count, 16);
    EXPECT_LE(count, 36);
  }
  std::set<int> rows;
  for (const int row :
       ops::argmax(ops::max(erased, {.axis = {2, 3}}), {.axis = 1}).to_vector<int>())
    rows.insert(row);
  EXPECT_GT(rows.size(), 3u);
  const Tensor colors = RandomErasing({.factor = {1, 1}, .scale = {1, 1}, .fill_value = {1, 2, 3}})(
      ops::zeros({1, 2, 2, 3}), kTraining);
  expect_values(colors, {1, 2, 2, 3}, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3});
}

TEST(RandomShear, MovesRowsOrColumnsEitherWay) {
  const Tensor x = photos();
  const auto sheared = [&](float across, float down) {
    return ops::image::affine_transform(x, Tensor::of<float>({1, across, 0, down, 1, 0, 0, 0}),
                                        {.fill_mode = "reflect"})
        .to_vector<float>();
  };
  const auto one = sheared(0.3f, 0.2f), other = sheared(-0.3f, -0.2f);
  const auto found =
      RandomShear({.x_factor = {0.3, 0.3}, .y_factor = {0.2, 0.2}, .seed = 1})(x, kTraining)
          .to_vector<float>();
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(std::abs(found[i] - one[i]) < 1e-2f || std::abs(found[i] - other[i]) < 1e-2f);
}

TEST(MixUp, BlendsPairs) {
  const Tensor x = ops::reshape(Tensor::of<float>({0, 1}), {2, 1, 1, 1});
  bool blended = false;
  const MixUp layer({.alpha = 1, .seed = 2});
  for (int i = 0; i < 8; ++i) {
    const auto y = layer(x, kTraining).to_vector<float>();
    for (const float value : y) EXPECT_TRUE(value >= 0 && value <= 1);
    blended = blended || (y[0] > 0.01f && y[0] < 0.99f);
  }
  EXPECT_TRUE(blended);
}

/// Labels whose shares tell how images of 0s and 1s were mixed.
template <typename Mix>
void expect_labels_mixed_as_images(const Mix& layer) {
  const Tensor labels = Tensor::from(std::vector<float>{1, 0, 0, 1, 1, 0, 0, 1}, {4, 2});
  const Tensor shown = ops::slice_axis(labels, 1, 1, 2);
  const Tensor x = ops::reshape(shown, {4, 1, 1, 1}) + ops::zeros({4, 64, 64, 1});
  bool mixed = false;
  for (int i = 0; i < 8; ++i) {
    const LabelledImages out = layer({.images = x, .labels = labels});
    const auto bright = ops::mean(out.images, {.axis = {1, 2, 3}}).template to_vector<float>();
    const auto found = out.labels.template to_vector<float>();
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(found[2 * k + 1], bright[k], 0.05f);
      EXPECT_NEAR(found[2 * k] + found[2 * k + 1], 1, 1e-5f);
      mixed = mixed || (bright[k] > 0.1f && bright[k] < 0.9f);
    }
  }
  EXPECT_TRUE(mixed);
  const LabelledImages same = layer({.images = x, .labels = labels}, {.training = false});
  expect_values(same.labels, {4, 2}, labels.to_vector<float>());
  expect_values(same.images, x.shape(), x.to_vector<float>());
  expect_error<ValueError>([&] { layer({.images = x, .labels = ops::zeros({4})}); },
                           "`labels` must have the shape (batch, classes). Received: "
                           "labels.shape=(4,)");
}

TEST(MixUp, MixesLabelsAsImages) { expect_labels_mixed_as_images(MixUp({.alpha = 1, .seed = 2})); }

TEST(CutMix, MixesLabelsAsImages) { expect_labels_mixed_as_images(CutMix({.seed = 2})); }

TEST(CutMix, PutsOneRectangleIn) {
  const Tensor x =
      ops::reshape(ops::arange(0, 8, 1, DType::kFloat32), {8, 1, 1, 1}) + ops::zeros({8, 6, 6, 2});
  const auto y = CutMix({.seed = 1})(x, kTraining).to_vector<float>();
  int mixed = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const std::set<float> values(y.begin() + static_cast<std::ptrdiff_t>(i * 72),
                                 y.begin() + static_cast<std::ptrdiff_t>((i + 1) * 72));
    EXPECT_LE(values.size(), 2u);
    mixed += values.size() == 2;
  }
  EXPECT_GT(mixed, 0);
}

TEST(ImageAugmentation, LeavesImagesAloneAtInference) {
  utils::set_random_seed(1);
  for (const Layer& layer : random_layers()) {
    SCOPED_TRACE(layer.name());
    const Tensor x = ops::concatenate({photos(), photos() * 0.5, photos() * 0.3 + 70.0});
    EXPECT_EQ(layer(x, {.training = false}).to_vector<float>(), x.to_vector<float>());
    const Tensor y = layer(x, kTraining);
    EXPECT_EQ(y.shape(), x.shape());
    EXPECT_NE(y.to_vector<float>(), x.to_vector<float>());
    EXPECT_EQ(layer(ops::squeeze(photo(), {.axis = 0}), kTraining).shape(), (Shape{2, 3, 3}));
    EXPECT_EQ(layer(Input({8, 6, 3}), kTraining).shape().to_string(), "(None, 8, 6, 3)");
  }
}

TEST(ImageAugmentation, TrainsInsideAModel) {
  utils::set_random_seed(1);
  Tensor inputs = Input({8, 8, 3});
  Tensor x = inputs;
  for (const Layer& layer : random_layers())
    if (layer.class_name() != "AugMix" && layer.class_name() != "RandAugment") x = layer(x);
  Model model(inputs, Dense(1)(GlobalAveragePooling2D()(x / 255.0)));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor images = ops::broadcast_to(
      ops::reshape(ops::arange(0, 192, 1, DType::kFloat32), {1, 8, 8, 3}), {4, 8, 8, 3});
  const auto history = model.fit(images, ops::zeros({4, 1}), {.batch_size = 2, .verbose = 0});
  EXPECT_LT(history.history["loss"].back(), 1e3);
}

TEST(ImageAugmentation, ConfigsAreKeras) {
  expect_config_keys(RandomHue(0.3), {"data_format", "factor", "value_range", "seed"});
  expect_config_keys(RandomGrayscale(), {"data_format", "factor"});
  expect_config_keys(AutoContrast(), {"data_format", "value_range"});
  expect_config_keys(Solarization(),
                     {"data_format", "value_range", "addition_factor", "threshold_factor", "seed"});
  expect_config_keys(RandomErasing(),
                     {"data_format", "factor", "scale", "fill_value", "value_range", "seed"});
  expect_config_keys(AugMix(), {"data_format", "value_range", "num_chains", "chain_depth", "factor",
                                "alpha", "all_ops", "interpolation", "seed"});
  expect_config_round_trip(RandomHue(0.3, {.value_range = {0, 1}, .seed = 3}));
  expect_config_round_trip(RandomSaturation({-0.3, 0.4}));
  expect_config_round_trip(RandomColorDegeneration(0.3));
  expect_config_round_trip(RandomGrayscale({.factor = 0.2}));
  expect_config_round_trip(RandomInvert({.factor = 0.2}));
  expect_config_round_trip(RandomPosterization(5));
  expect_config_round_trip(
      RandomColorJitter({.brightness_factor = 0.2, .hue_factor = RandomRange(0.1, 0.2)}));
  expect_config_round_trip(Solarization({.addition_factor = 0.2}));
  expect_config_round_trip(AutoContrast({.data_format = "channels_first"}));
  expect_config_round_trip(Equalization({.bins = 20}));
  expect_config_round_trip(
      ContrastLimitedAdaptiveHistogramEqualization({.clip_limit = 2, .tile_grid_size = {2, 3}}));
  expect_config_round_trip(RandomShear({.x_factor = 0.2, .y_factor = {0.1, 0.3}}));
  expect_config_round_trip(RandomPerspective({.scale = 0.2}));
  expect_config_round_trip(RandomElasticTransform({.scale = {0.2, 0.4}, .fill_mode = "mirror"}));
  expect_config_round_trip(RandomSharpness(0.4));
  expect_config_round_trip(RandomGaussianBlur({.kernel_size = {3, 5}}));
  expect_config_round_trip(RandomErasing({.fill_value = {1, 2, 3}}));
  expect_config_round_trip(MixUp({.alpha = 0.4}));
  expect_config_round_trip(CutMix({.seed = 7}));
  expect_config_round_trip(RandAugment({.num_ops = 3, .factor = 0.2}));
  expect_config_round_trip(AugMix({.chain_depth = 1, .all_ops = false}));
}

TEST(ImageAugmentation, RefusesBadArguments) {
  expect_error<ValueError>([] { RandomHue(-0.5); }, "in the range [0, 1]. Received: factor=-0.5");
  expect_error<ValueError>([] { RandomPosterization(9); },
                           "in the range [1, 8]. Received: factor=9");
  expect_error<ValueError>([] { RandomGrayscale({.factor = 2}); },
                           "`factor` should be between 0 and 1. Received: factor=2");
  expect_error<ValueError>([] { Solarization({.threshold_factor = 2}); },
                           "Received: input_number=2");
  expect_error<ValueError>([] { Equalization({.bins = 0}); }, "Received: bins=0");
  expect_error<ValueError>(
      [] {
        ContrastLimitedAdaptiveHistogramEqualization({.tile_grid_size = {0, 2}});
      },
      "tile_grid_size=(0, 2)");
  expect_error<ValueError>([] { RandomShear({.x_factor = 2}); },
                           "The `x_factor` argument should be");
  expect_error<ValueError>([] { RandomShear({.fill_mode = "mirror"}); },
                           "Unknown `fill_mode` mirror");
  expect_error<ValueError>([] { RandomPerspective({.scale = 2}); }, "Received: scale=2");
  expect_error<ValueError>([] { RandomElasticTransform({.scale = 2}); },
                           "The `scale` argument should be");
  expect_error<ValueError>(
      [] {
        RandomGaussianBlur({.kernel_size = {2, 3}});
      },
      "kernel_size must be an odd number");
  expect_error<ValueError>(
      [] {
        RandomErasing({.fill_value = {1, 2}});
      },
      "The `fill_value` argument should be");
  expect_error<ValueError>([] { MixUp({.alpha = 0}); }, "`alpha` must be positive");
}

}  // namespace
}  // namespace keras::layers
