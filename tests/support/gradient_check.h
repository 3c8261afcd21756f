#pragma once

#include <functional>

#include "keras/engine/tensor/tensor.h"

namespace keras::testing {

/// Expects the gradients of a function with respect to float64 inputs to agree with central
/// differences, element by element; a result of any shape is summed with uneven weights.
void expect_gradients(const std::function<Tensor(const Tensors&)>& function, const Tensors& inputs,
                      double tolerance = 1e-6);

/// The same for the gradients of those gradients.
void expect_second_gradients(const std::function<Tensor(const Tensors&)>& function,
                             const Tensors& inputs, double tolerance = 1e-5);

}  // namespace keras::testing
