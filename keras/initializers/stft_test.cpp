#include "keras/initializers/stft.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/initializers/window_functions.h"
#include "tests/support/tensors.h"

namespace keras::initializers {
namespace {

using testing::expect_error;
using testing::expect_values;

struct WindowCase {
  const char* name;
  std::vector<double> symmetric;
  std::vector<double> periodic;
  std::vector<double> odd;
};

// The expected values are SciPy's.
TEST(WindowValues, MatchScipy) {
  const std::vector<WindowCase> cases = {
      {"barthann",
       {0, 0.35857354, 0.87942646, 0.87942646, 0.35857354, 0},
       {0, 0.27, 0.73, 1, 0.73, 0.27},
       {0, 0.5, 1, 0.5, 0}},
      {"bartlett",
       {0, 0.4, 0.8, 0.8, 0.4, 0},
       {0, 0.33333333, 0.66666667, 1, 0.66666667, 0.33333333},
       {0, 0.5, 1, 0.5, 0}},
      {"blackman",
       {0, 0.20077014, 0.84922986, 0.84922986, 0.20077014, 0},
       {0, 0.13, 0.63, 1, 0.63, 0.13},
       {0, 0.34, 1, 0.34, 0}},
      {"blackmanharris",
       {6e-05, 0.10301149, 0.79383351, 0.79383351, 0.10301149, 6e-05},
       {6e-05, 0.055645, 0.520575, 1, 0.520575, 0.055645},
       {6e-05, 0.21747, 1, 0.21747, 6e-05}},
      {"bohman",
       {0, 0.17912389, 0.83431145, 0.83431145, 0.17912389, 0},
       {0, 0.10899778, 0.60899778, 1, 0.60899778, 0.10899778},
       {0, 0.31830989, 1, 0.31830989, 0}},
      {"boxcar", {1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
      {"cosine",
       {0.25881905, 0.70710678, 0.96592583, 0.96592583, 0.70710678, 0.25881905},
       {0.22252093, 0.6234898, 0.90096887, 1, 0.90096887, 0.6234898},
       {0.30901699, 0.80901699, 1, 0.80901699, 0.30901699}},
      {"exponential",
       {0.082084999, 0.22313016, 0.60653066, 0.60653066, 0.22313016, 0.082084999},
       {0.049787068, 0.13533528, 0.36787944, 1, 0.36787944, 0.13533528},
       {0.13533528, 0.36787944, 1, 0.36787944, 0.13533528}},
      {"flattop",
       {-0.000421051, -0.067714252, 0.60687215, 0.60687215, -0.067714252, -0.000421051},
       {-0.000421051, -0.051263156, 0.19821053, 1, 0.19821053, -0.051263156},
       {-0.000421051, -0.05473684, 1, -0.05473684, -0.000421051}},
      {"hamming",
       {0.08, 0.39785218, 0.91214782, 0.91214782, 0.39785218, 0.08},
       {0.08, 0.31, 0.77, 1, 0.77, 0.31},
       {0.08, 0.54, 1, 0.54, 0.08}},
      {"hann",
       {0, 0.3454915, 0.9045085, 0.9045085, 0.3454915, 0},
       {0, 0.25, 0.75, 1, 0.75, 0.25},
       {0, 0.5, 1, 0.5, 0}},
      {"lanczos",
       {0, 0.50455115, 0.93548928, 0.93548928, 0.50455115, 0},
       {0, 0.41349667, 0.82699334, 1, 0.82699334, 0.41349667},
       {0, 0.63661977, 1, 0.63661977, 0}},
      {"nuttall",
       {0.0003628, 0.11051525, 0.7982581, 0.7982581, 0.11051525, 0.0003628},
       {0.0003628, 0.0613345, 0.5292298, 1, 0.5292298, 0.0613345},
       {0.0003628, 0.2269824, 1, 0.2269824, 0.0003628}},
      {"parzen",
       {0.0092592593, 0.25, 0.86111111, 0.86111111, 0.25, 0.0092592593},
       {0.0058309038, 0.1574344, 0.65014577, 1, 0.65014577, 0.1574344},
       {0.016, 0.424, 1, 0.424, 0.016}},
      {"taylor",
       {0.30634693, 0.66206478, 0.95700213, 0.95700213, 0.66206478, 0.30634693},
       {0.29009531, 0.5782126, 0.87800822, 1, 0.87800822, 0.5782126},
       {0.33249695, 0.77201458, 1, 0.77201458, 0.33249695}},
      {"triang",
       {0.16666667, 0.5, 0.83333333, 0.83333333, 0.5, 0.16666667},
       {0.25, 0.5, 0.75, 1, 0.75, 0.5},
       {0.33333333, 0.66666667, 1, 0.66666667, 0.33333333}},
      {"tukey", {0, 0.9045085, 1, 1, 0.9045085, 0}, {0, 0.75, 1, 1, 1, 0.75}, {0, 1, 1, 1, 0}},
  };
  const auto check = [](const std::vector<double>& got, const std::vector<double>& expected) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_NEAR(got[i], expected[i], 1e-8) << "element " << i;
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    check(window_values(c.name, 6, false), c.symmetric);
    check(window_values(c.name, 6, true), c.periodic);
    check(window_values(c.name, 5, false), c.odd);
    check(window_values(c.name, 1, true), {1});
  }
  expect_error<ValueError>([] { window_values("kaiser", 4, false); },
                           "Unknown window type 'kaiser'");
}

// The expected values are Keras's.
TEST(STFT, MakesTheKernelOfATransform) {
  expect_values(
      STFT()({5, 1, 4}), {5, 1, 4},
      {0,           0,           0,           0,           0.4082483f, 0.2041241f, -0.2041242f,
       -0.4082483f, 0.8164966f,  -0.4082483f, -0.4082482f, 0.8164966f, 0.4082483f, -0.4082483f,
       0.4082483f,  -0.4082483f, 0,           0,           0,          0});
  expect_values(
      STFT({.side = "imag", .window = "hamming", .scaling = "spectrum", .periodic = true})(
          {4, 1, 3}),
      {4, 1, 3}, {0, 0, 0, 0, -0.25f, 0, 0, 0, 0, 0, 0.25f, 0});
  expect_values(STFT({.side = "imag", .window = {}, .scaling = {}})({3, 1, 3}), {3, 1, 3},
                {0, 0, 0, 0, -1, 0, 0, 0, 0});
  expect_values(STFT({.window = std::vector<double>{1, 2, 1}, .scaling = "spectrum"})({3, 1, 3}),
                {3, 1, 3}, {0.25f, 0.25f, 0.25f, 0.5f, 0, -0.5f, 0.25f, -0.25f, 0.25f});
}

TEST(STFT, ConfigRoundTrip) {
  const std::vector<STFTOptions> all = {
      {},
      {.side = "imag", .window = std::vector<double>{1, 2}, .scaling = "spectrum"},
      {.window = std::monostate(), .scaling = std::nullopt, .periodic = true}};
  for (const auto& options : all) {
    const STFT initializer(options);
    EXPECT_EQ(Initializer::deserialize(initializer.serialize()).get_config(),
              initializer.get_config());
  }
  EXPECT_EQ(STFT().get_config().to_string(),
            R"({"side": "real", "window": "hann", "periodic": false, "scaling": "density"})");
}

TEST(STFT, RefusesWhatDoesNotFit) {
  expect_error<ValueError>([] { STFT({.side = "left"}); },
                           "side should be 'real' or 'imag', not left");
  expect_error<ValueError>([] { STFT({.scaling = "power"}); }, "Received scaling=power");
  expect_error<ValueError>([] { STFT({.window = "square"}); }, "Unknown window type 'square'");
  expect_error<ValueError>(
      [] {
        STFT({.window = std::vector<double>{1, 2}})({3, 1, 3});
      },
      "The shape of `window` must be equal to [frame_length]");
  expect_error<ValueError>([] { STFT()({3, 3}); }, "Received: shape=(3, 3)");
}

}  // namespace
}  // namespace keras::initializers
