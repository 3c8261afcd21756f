#pragma once

#include <functional>
#include <utility>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"

namespace keras {

/// A function's value and its gradients, in the order of what they were asked for.
struct ValueAndGradients {
  Tensor value;
  Tensors gradients;
};

/// The gradients of a scalar function of variables, at the variables' present values:
///   auto [loss, gradients] = value_and_grad([&] { return ops::mean(ops::square(y - w * x)); },
///   {w});
/// Zeros where the function does not depend on a variable. Works in and out of compiled functions.
/// Throws ShapeError unless the function gives a tensor of size 1.
ValueAndGradients value_and_grad(const std::function<Tensor()>& function,
                                 const Variables& variables);

/// The value and the gradient of a scalar function of one tensor, as a function.
std::function<ValueAndGradients(const Tensor&)> value_and_grad(
    std::function<Tensor(const Tensor&)> function);
/// The gradient alone. Applied again it gives the second derivative:
///   auto third = grad([](const Tensor& x) { return ops::sum(grad(f)(x)); });
std::function<Tensor(const Tensor&)> grad(std::function<Tensor(const Tensor&)> function);
/// The same with respect to several tensors.
std::function<Tensors(const Tensors&)> grad(std::function<Tensor(const Tensors&)> function);

namespace ops {

/// What a function with a gradient of its own gives: the value, and the gradients for the arguments
/// from the gradient that arrives.
struct ValueWithGradient {
  Tensor value;
  std::function<Tensors(const Tensor& upstream)> gradient;
};

/// A function whose gradient is replaced (Keras: keras.ops.custom_gradient).
std::function<Tensor(const Tensors&)> custom_gradient(
    std::function<ValueWithGradient(const Tensors&)> function);

}  // namespace ops
}  // namespace keras
