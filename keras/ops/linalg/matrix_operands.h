#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// The matrices in a float dtype. Throws ShapeError for less than two axes.
Tensor float_matrices(const Tensor& x);
/// The same; throws ShapeError unless they are square, too.
Tensor square_matrices(const Tensor& x);

}  // namespace keras::ops
