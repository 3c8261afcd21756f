#pragma once

#include <utility>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Both factors of a product of matrices in their common dtype; of two int8 or bool factors, whose
/// sums would overflow, in int32.
std::pair<Tensor, Tensor> to_product_dtype(const Tensor& x1, const Tensor& x2);

}  // namespace keras::ops
