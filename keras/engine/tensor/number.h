#pragma once

#include <optional>

#include "keras/engine/tensor/tensor.h"

namespace keras::engine {

/// A float number as programs write it: float32, and yet exact where it meets float64.
Tensor make_number(double value);
/// What the program wrote, where the tensor is such a number.
std::optional<double> exact_number(const Tensor& x);

}  // namespace keras::engine
