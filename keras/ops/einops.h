#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// The sizes of axes by their names.
using AxesLengths = std::map<std::string, std::int64_t>;

/// Axes reordered, split and joined as a pattern says: `rearrange(x, "b (h w) c -> b c h w",
/// {{"h", 4}})`. Of the axes in a pair of parentheses on the left, one may lack its size. Throws
/// ValueError for a pattern whose sides do not have the same axes, and ShapeError where sizes do
/// not fit. Keras: keras.ops.rearrange.
Tensor rearrange(const Tensor& tensor, const std::string& pattern, AxesLengths axes_lengths = {});

}  // namespace keras::ops
