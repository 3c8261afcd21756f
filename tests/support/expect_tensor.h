#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::testing {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInf = std::numeric_limits<float>::infinity();

/// Dtype, shape and values, where NaN agrees with NaN and an infinity with itself.
inline void expect_tensor(const Tensor& actual, DType dtype, const Shape& shape,
                          const std::vector<float>& expected, float tolerance = 2e-6f) {
  EXPECT_EQ(dtype_name(actual.dtype()), dtype_name(dtype));
  ASSERT_EQ(actual.shape(), shape);
  const std::vector<float> values = actual.to_vector<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(expected[i]) || std::isinf(expected[i])) {
      EXPECT_TRUE(values[i] == expected[i] || (std::isnan(values[i]) && std::isnan(expected[i])))
          << "element " << i << ": " << values[i] << ", expected " << expected[i];
    } else {
      EXPECT_NEAR(values[i], expected[i], tolerance * std::max(1.0f, std::abs(expected[i])))
          << "element " << i;
    }
  }
}

}  // namespace keras::testing
