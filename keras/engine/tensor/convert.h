#pragma once

#include <cstddef>

#include "keras/engine/tensor/dtype.h"

namespace keras::engine {

/// Converts `count` elements as `astype` does: floats to integers toward zero (out of range and NaN
/// give the nearest value and 0), anything non-zero to true. Source and target must not overlap.
void convert_elements(const void* from, DType from_dtype, void* to, DType to_dtype,
                      std::size_t count);

}  // namespace keras::engine
