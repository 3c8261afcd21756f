#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "keras/engine/tensor/tensor.h"

namespace keras::losses {

/// x / y, and 0 where y is 0. Keras: keras.ops.divide_no_nan.
Tensor divide_no_nan(const Tensor& x, const Tensor& y);

/// Gives both the same rank where they differ by a last axis of size 1: squeezes that axis, or
/// appends one to a vector.
std::pair<Tensor, Tensor> squeeze_or_expand_to_same_rank(const Tensor& x1, const Tensor& x2);

/// Weights with a mask worked in: for the reductions "mean" and "sum_over_batch_size" scaled so
/// that the mean goes over the valid entries alone. Either tensor may be undefined.
Tensor apply_mask(const Tensor& sample_weight, const Tensor* mask, DType dtype,
                  std::string_view reduction);

/// Values times weights, masked and reduced. `sample_weight` and `mask` may be missing.
Tensor reduce_weighted_values(const Tensor& values, const Tensor& sample_weight, const Tensor* mask,
                              std::string_view reduction);

/// Throws ValueError unless the name is that of a reduction.
std::string standardize_reduction(std::string reduction);

}  // namespace keras::losses
