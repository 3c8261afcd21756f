#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::testing {

/// Multiples of 1/4 between -1.25 and 1.25 in an uneven order: element i is (7i mod 11 - 5) / 4.
template <typename T = float>
Tensor ramp(const Shape& shape) {
  std::vector<T> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>(static_cast<double>(i * 7 % 11) - 5) / 4;
  return Tensor::from(values, shape);
}

/// Values all different and none near another, for functions with kinks.
inline Tensor distinct(const Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::fmod(static_cast<double>(i) * 0.6180339887, 1.0) * 4 - 2;
  return Tensor::from(values, shape);
}

inline void expect_values(const Tensor& actual, const Shape& shape,
                          const std::vector<float>& expected, float tolerance = 1e-5f) {
  ASSERT_EQ(actual.shape(), shape);
  const std::vector<float> values = actual.to_vector<float>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], expected[i], tolerance * std::max(1.0f, std::abs(expected[i])))
        << "element " << i;
}

/// Expects an error of type E whose text has a part.
template <typename E, typename Function>
void expect_error(const Function& function, const std::string& part) {
  try {
    function();
    ADD_FAILURE() << "no error; expected: " << part;
  } catch (const E& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

}  // namespace keras::testing
