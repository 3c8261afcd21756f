#pragma once

#include <cstddef>
#include <span>

#include "keras/engine/tensor/tensor.h"

namespace keras::datasets {

/// The rows of a table, of any dtype, at the given places.
Tensor rows_of(const Tensor& table, std::span<const std::size_t> places);

/// Throws ValueError for a share outside of 0 to 1 (exclusive of 1).
void check_split(double test_split);

}  // namespace keras::datasets
