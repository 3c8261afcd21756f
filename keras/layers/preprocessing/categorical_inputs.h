#pragma once

#include <string_view>

#include "keras/engine/tensor/tensor.h"

namespace keras::layers {

/// Class numbers as vectors of `depth` elements: "one_hot" of each; or of all numbers along the
/// second axis (of a vector, the first) together, "multi_hot": which ones occur, and "count": how
/// often, or the sum of their weights where those are given.
Tensor encode_categorical_inputs(const Tensor& inputs, std::string_view output_mode,
                                 std::int64_t depth, DType dtype, const Tensor& count_weights = {});

}  // namespace keras::layers
