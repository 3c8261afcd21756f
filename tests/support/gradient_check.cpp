#include "tests/support/gradient_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "keras/engine/runtime/compiled_function.h"
#include "keras/ops/core.h"
#include "keras/ops/gradient.h"
#include "keras/ops/numpy.h"

namespace keras::testing {
namespace {

using Function = std::function<Tensor(const Tensors&)>;

Tensor weighted_sum(const Tensor& y, double phase) {
  std::vector<double> weights(static_cast<std::size_t>(y.size()));
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = 1 + 0.5 * std::sin(1.7 * static_cast<double>(i) + phase);
  return ops::sum(y * ops::cast(Tensor::from(weights, y.shape()), y.dtype()));
}

Function to_number(const Function& function, double phase) {
  return [=](const Tensors& in) { return weighted_sum(function(in), phase); };
}

double value_at(const Function& function, Tensors inputs, std::size_t which, std::size_t element,
                double step) {
  std::vector<double> moved = inputs[which].to_vector<double>();
  moved[element] += step;
  inputs[which] = Tensor::from(moved, inputs[which].shape());
  return function(inputs).item<double>();
}

}  // namespace

void expect_gradients(const Function& function, const Tensors& inputs, double tolerance) {
  constexpr double kStep = 1e-5;
  const Function number = to_number(function, 0.3);
  const Tensors gradients = grad(number)(inputs);
  for (std::size_t which = 0; which < inputs.size(); ++which) {
    ASSERT_EQ(inputs[which].dtype(), DType::kFloat64);
    ASSERT_EQ(gradients[which].shape(), inputs[which].shape()) << "input " << which;
    const std::vector<double> actual = gradients[which].to_vector<double>();
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const double expected =
          (value_at(number, inputs, which, i, kStep) - value_at(number, inputs, which, i, -kStep)) /
          (2 * kStep);
      EXPECT_NEAR(actual[i], expected, tolerance * std::max(1.0, std::abs(expected)))
          << "input " << which << ", element " << i;
    }
  }
}

void expect_second_gradients(const Function& function, const Tensors& inputs, double tolerance) {
  const Function number = to_number(function, 0.3);
  // All gradients as one vector, compiled, because the differences ask for it many times.
  const CompiledFunction gradients([&](const Tensors& in) {
    Tensors parts;
    for (const auto& gradient : grad(number)(in)) parts.push_back(ops::ravel(gradient));
    return Tensors{ops::concatenate(parts)};
  });
  expect_gradients([&](const Tensors& in) { return gradients(in)[0]; }, inputs, tolerance);
}

}  // namespace keras::testing
