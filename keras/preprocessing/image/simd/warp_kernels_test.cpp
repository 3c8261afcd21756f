#include "keras/preprocessing/image/simd/warp_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace keras::preprocessing::image::simd {
namespace {

std::vector<float> picture(const WarpPlane& plane) {
  std::vector<float> values(static_cast<std::size_t>(plane.height) *
                            static_cast<std::size_t>(plane.width) *
                            static_cast<std::size_t>(plane.channels));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::fmod(static_cast<float>(i) * 0.618034f, 1.0f) * 255;
  return values;
}

/// Coordinates inside, on the pixels, on the edges and outside.
std::vector<double> places(int count, int length, double step) {
  std::vector<double> at(kRun);
  for (int i = 0; i < kRun; ++i)
    at[static_cast<std::size_t>(i)] = i % 5 == 4 ? i % 3 : i * step - 1.25;
  at[0] = length - 1;
  at[static_cast<std::size_t>(count) - 1] = length - 1;
  return at;
}

/// Linear interpolation as it is written in books.
std::vector<float> expected(const WarpPlane& plane, double y, double x) {
  y = std::clamp(y, 0.0, plane.height - 1.0);
  x = std::clamp(x, 0.0, plane.width - 1.0);
  const int row = static_cast<int>(y), column = static_cast<int>(x);
  std::vector<float> values;
  for (int c = 0; c < plane.channels; ++c) {
    const auto at = [&](int r, int k) {
      r = std::min(r, plane.height - 1), k = std::min(k, plane.width - 1);
      return static_cast<double>(plane.from[(r * plane.width + k) * plane.channels + c]);
    };
    const double top = at(row, column) + (x - column) * (at(row, column + 1) - at(row, column));
    const double bottom =
        at(row + 1, column) + (x - column) * (at(row + 1, column + 1) - at(row + 1, column));
    values.push_back(static_cast<float>(top + (y - row) * (bottom - top)));
  }
  return values;
}

class WarpKernels : public ::testing::TestWithParam<int> {
 protected:
  void check(int height, int width, int count) {
    WarpPlane plane{nullptr, height, width, GetParam()};
    const std::vector<float> values = picture(plane);
    plane.from = values.data();
    const auto y = places(count, height, 0.173), x = places(count, width, 0.311);
    const auto channels = static_cast<std::size_t>(plane.channels);
    const std::size_t size = static_cast<std::size_t>(count) * channels;
    std::vector<float> first, first_nearest;
    for (const WarpTable* table : available_warp_tables()) {
      std::vector<float> out(size + 4, -1.0f), nearest(size + 4, -1.0f);
      table->linear(plane, y.data(), x.data(), count, out.data());
      table->nearest(plane, y.data(), x.data(), count, nearest.data());
      // Nothing is written behind the last pixel, and every instruction set gives the same bits.
      for (std::size_t i = size; i < size + 4; ++i) EXPECT_EQ(out[i] + nearest[i], -2.0f);
      if (first.empty()) first = out, first_nearest = nearest;
      EXPECT_EQ(out, first);
      EXPECT_EQ(nearest, first_nearest);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto wanted = expected(plane, y[i], x[i]);
      for (std::size_t c = 0; c < channels; ++c)
        EXPECT_NEAR(first[i * channels + c], wanted[c], 1e-4) << "pixel " << i;
    }
  }
};

TEST_P(WarpKernels, AreLinearInterpolationForEveryInstructionSet) {
  check(9, 11, 64);
  check(9, 11, 13);
  check(2, 2, 7);
  check(1, 6, 9);
  check(6, 1, 9);
  check(1, 1, 3);
}

INSTANTIATE_TEST_SUITE_P(Channels, WarpKernels, ::testing::Values(1, 2, 3, 4));

TEST(WarpKernelsTest, CoordinatesRunBothWays) {
  const WarpAxis axis{0.5, 0.1, 3.25};
  for (const WarpTable* table : available_warp_tables()) {
    std::vector<double> at(kRun);
    table->coordinates(axis, {10, -1, 7}, at.data());
    for (int i = 0; i < 7; ++i)
      EXPECT_EQ(at[static_cast<std::size_t>(i)], (0.5 + (10 - i) * 0.1) + 3.25);
    std::vector<float> values = {1, 2, 3};
    table->multiply(values.data(), values.size(), 0.5f);
    EXPECT_EQ(values, (std::vector<float>{0.5f, 1, 1.5f}));
  }
}

}  // namespace
}  // namespace keras::preprocessing::image::simd
