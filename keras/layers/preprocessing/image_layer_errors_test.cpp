#include <gtest/gtest.h>

#include <string>

#include "keras/layers/preprocessing/color_correction.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_color.h"
#include "keras/layers/preprocessing/random_filters.h"
#include "keras/layers/preprocessing/random_geometry.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_error;

/// A layer's own config with another value for one argument.
template <typename LayerClass>
void expect_refused(const LayerClass& layer, const char* argument, const Config& value,
                    const std::string& message) {
  Config config = layer.get_config();
  config.set(argument, value);
  expect_error<ValueError>([&] { LayerClass::from_config(config); }, message);
}

TEST(ImageLayerErrors, NameWhatAConfigHas) {
  const Config three = Config::list({1, 2, 3});
  expect_refused(RandomBrightness(0.5), "factor", three,
                 "The `factor` argument should be a number (or a list of two numbers). Received: "
                 "factor=[1, 2, 3]");
  for (const Config& range : {three, Config(3), Config::list({"a", "b"})})
    expect_refused(RandomHue(0.5), "value_range", range,
                   "The `value_range` argument should be a list of two numbers. Received: "
                   "value_range=");
  expect_refused(RandomGaussianBlur(), "kernel_size", three,
                 "The `kernel_size` argument should be a number (or a list of two numbers) "
                 "Received: kernel_size=[1, 2, 3]");
  for (const Config& fill : {Config("a"), Config::list({1, 2}), Config::list({1, 2, "a"})})
    expect_refused(RandomErasing(), "fill_value", fill,
                   "The `fill_value` argument should be a number (or a list of three numbers)");
  expect_refused(ContrastLimitedAdaptiveHistogramEqualization(), "tile_grid_size",
                 Config::list({2, 0.5}), "`tile_grid_size` must be a list of two integers.");
}

TEST(ImageLayerErrors, KeepBitsWithinAByte) {
  for (const RandomRange& factor :
       {RandomRange(1, 20), RandomRange(-40, 3), RandomRange(9, 9), RandomRange(2, 1e300)})
    expect_error<ValueError>([&] { RandomPosterization{factor}; }, "in the range [1, 8].");
  RandomPosterization({1, 9});
}

TEST(ImageLayerErrors, NameUnknownWaysOfSampling) {
  const std::string interpolation =
      "Unknown `interpolation` bicubic. Expected of one ('nearest', 'bilinear').";
  expect_error<ValueError>([] { RandomElasticTransform({.interpolation = "bicubic"}); },
                           interpolation);
  expect_error<ValueError>([] { RandomPerspective({.interpolation = "bicubic"}); }, interpolation);
  expect_error<ValueError>(
      [] { RandomElasticTransform({.fill_mode = "x"}); },
      "Unknown `fill_mode` x. Expected of one ('reflect', 'constant', 'wrap', 'mirror', "
      "'nearest').");
}

TEST(ImageLayerErrors, NameChannelsThatAreNoColors) {
  const Tensor four = ops::ones({1, 3, 3, 4});
  expect_error<ValueError>([&] { RandomHue(0.5)(four); },
                           "Input images must have 3 channels, but received images with 4");
  expect_error<ValueError>([&] { RandomSaturation(0.5)(four); },
                           "Input images must have 3 channels, but received images with 4");
  expect_error<ShapeError>(
      [&] {
        RandomErasing({.fill_value = {1, 2, 3}})(four);
      },
      "`fill_value` has 3 numbers, and images have 4 channels.");
  expect_error<ValueError>([&] { RandomColorDegeneration(0.5)(four); },
                           "Invalid channel size: expected 3 (RGB) or 1 (Grayscale).");
  expect_error<ValueError>([&] { RandomGrayscale({.factor = 1})(four); },
                           "Invalid channel size: expected 3 (RGB) or 1 (Grayscale).");
}

}  // namespace
}  // namespace keras::layers
