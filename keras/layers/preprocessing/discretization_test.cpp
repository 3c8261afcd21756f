#include "keras/layers/preprocessing/discretization.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "keras/layers/core/input_layer.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_values;
using testing::ramp;

const std::vector<double> kBoundaries = {-0.5, 0, 1};

Discretization with_mode(const char* output_mode) {
  return Discretization({.bin_boundaries = kBoundaries, .output_mode = output_mode});
}

void expect_boundaries(const Discretization& layer, const std::vector<double>& expected) {
  ASSERT_TRUE(layer.bin_boundaries());
  ASSERT_EQ(layer.bin_boundaries()->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR((*layer.bin_boundaries())[i], expected[i], 2e-6);
}

Tensor sines(int begin, int end) {
  std::vector<float> values;
  for (int i = begin; i < end; ++i) values.push_back(static_cast<float>(std::sin(i)));
  return Tensor::from(values, {end - begin});
}

TEST(Discretization, GivesBinsAsKeras) {
  const Tensor bins = with_mode("int")(ramp({2, 3}));
  EXPECT_EQ(bins.dtype(), DType::kInt32);
  expect_values(bins, {2, 3}, {0, 2, 1, 3, 2, 0});
  EXPECT_EQ(with_mode("int")(Input({3})).shape(), (Shape{kUnknown, 3}));
}

TEST(Discretization, ComparesInputsAsTheyAreWhateverItsDtype) {
  const Discretization layer({.bin_boundaries = {{0.25, 0.5, 1.5}}, .dtype = "int64"});
  expect_values(layer(Tensor::of<float>({0.3f, 0.6f, 0.2f, 1.9f})), {4}, {1, 2, 0, 3});
}

TEST(Discretization, EncodesBinsAsKeras) {
  const std::vector<float> one_hot = {1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0};
  expect_values(with_mode("one_hot")(ramp({3})), {3, 4}, one_hot);
  expect_values(with_mode("one_hot")(ramp({3, 1})), {3, 4}, one_hot);
  expect_values(with_mode("one_hot")(ramp({1, 3})), {1, 3, 4}, one_hot);
  expect_values(with_mode("multi_hot")(ramp({6})), {4}, {1, 1, 1, 1});
  expect_values(with_mode("multi_hot")(ramp({2, 3})), {2, 4}, {1, 1, 1, 0, 1, 0, 1, 1});
  expect_values(with_mode("count")(ramp({6})), {4}, {2, 1, 2, 1});
  expect_values(with_mode("count")(ramp({2, 3, 2})), {2, 2, 4},
                {1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 2, 0});
  EXPECT_EQ(with_mode("count")(Input({3})).shape(), (Shape{kUnknown, 4}));
}

TEST(Discretization, AdaptsAsKeras) {
  const Discretization four({.num_bins = 4});
  four.adapt(ramp({2, 3, 2}));
  expect_boundaries(four, {-1, -0.25, 0.5});
  expect_values(four(Tensor::of<float>({-2, 0, 0.5f})), {3}, {0, 2, 3});
  const Tensor x = ramp({2, 3, 2});
  const Discretization rough({.num_bins = 3, .epsilon = 0.3});
  rough.adapt({ops::take(x, 0, {.axis = 0}), ops::take(x, 1, {.axis = 0})});
  expect_boundaries(rough, {-0.7725924849510193, 0.18000009655952454});
}

TEST(Discretization, AdaptsToManyValuesAsKeras) {
  const Discretization once({.num_bins = 5});
  once.adapt(sines(0, 1000));
  expect_boundaries(
      once, {-0.8115683794021606, -0.31317204236984253, 0.31314244866371155, 0.8064182996749878});
  const Discretization twice({.num_bins = 5, .epsilon = 0.05});
  twice.adapt({sines(0, 500), sines(500, 1000)});
  expect_boundaries(
      twice, {-0.811568021774292, -0.3047817647457123, 0.3132001757621765, 0.8115858435630798});
  const Discretization first({.num_bins = 5, .epsilon = 0.05});
  first.adapt({sines(0, 500), sines(500, 1000)}, {.steps = 1});
  const Discretization alone({.num_bins = 5, .epsilon = 0.05});
  alone.adapt(sines(0, 500));
  expect_boundaries(first, *alone.bin_boundaries());
}

TEST(Discretization, ConfigIsKeras) {
  const Discretization layer = with_mode("count");
  EXPECT_EQ(layer.get_config().at("dtype").to_string(), "\"float32\"");
  EXPECT_FALSE(layer.get_config().contains("trainable"));
  expect_config_round_trip(layer);
  const Discretization adapted({.num_bins = 4, .name = "d"});
  expect_config_round_trip(adapted);
  adapted.adapt(ramp({12}));
  EXPECT_EQ(adapted.get_config().at("bin_boundaries").to_string(), "[-1.0, -0.25, 0.5]");
  EXPECT_EQ(adapted.get_config().at("num_bins").as_int(), 4);
  expect_config_round_trip(adapted);
}

TEST(Discretization, RefusesBadArguments) {
  expect_error<ValueError>([] { Discretization(); },
                           "You need to set either `num_bins` or `bin_boundaries`.");
  expect_error<ValueError>(
      [] { Discretization({.bin_boundaries = kBoundaries, .num_bins = 3}); },
      "Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=3` and "
      "`bin_boundaries=[-0.5, 0.0, 1.0]`");
  expect_error<ValueError>([] { Discretization({.num_bins = -1}); },
                           "`num_bins` must be greater than or equal to 0.");
  for (const double epsilon : {0.0, -1.0, 1e300, std::nan("")})
    expect_error<ValueError>([&] { Discretization({.num_bins = 2, .epsilon = epsilon}); },
                             "`epsilon` must be in (0, 1]");
  expect_error<ValueError>([] { with_mode("x"); },
                           "Unknown value for `output_mode` argument of Discretization.");
  expect_error<ValueError>([] { Discretization({.num_bins = 2, .sparse = true}); },
                           "`sparse=True` is not supported");
  expect_error<ValueError>([] { Discretization({.num_bins = 2})(ramp({3})); },
                           "before you can start using the `Discretization` layer");
  expect_error<ValueError>([] { with_mode("int").adapt(ramp({3})); },
                           "Cannot adapt a Discretization layer that has been initialized with "
                           "`bin_boundaries`, use `num_bins` instead.");
  expect_error<ValueError>([] { Discretization({.num_bins = 0}).adapt(ramp({3})); },
                           "`num_bins=0`");
}

}  // namespace
}  // namespace keras::layers
