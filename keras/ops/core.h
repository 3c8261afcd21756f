#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Keras: keras.ops.cast. The same values in another dtype.
Tensor cast(const Tensor& x, DType dtype);
/// Keras: keras.ops.stop_gradient. The same value, through which no gradient flows.
Tensor stop_gradient(const Tensor& x);

/// The dtype that an operation on both computes in; a number written in the program yields to a
/// tensor's dtype.
DType common_dtype(const Tensor& a, const Tensor& b);

}  // namespace keras::ops
