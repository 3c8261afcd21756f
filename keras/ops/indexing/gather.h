#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// `take_along_axis` for indices that are known to lie in [0, size of the axis), and whose shape is
/// x's but for the axis.
Tensor gather_along_axis(const Tensor& x, const Tensor& indices, int axis);

/// x's rows at indices of rank 1, and zeros where an index is out of range: what the gradient of
/// adding or writing rows there is.
Tensor rows_or_zeros(const Tensor& x, const Tensor& indices);

}  // namespace keras::ops
