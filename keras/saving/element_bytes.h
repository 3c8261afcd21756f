#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "keras/engine/tensor/dtype.h"

namespace keras::saving {

/// Turns each element of `size` bytes around, for data of the other byte order.
void swap_bytes(std::span<std::byte> bytes, std::size_t size);

/// Why bytes from a file cannot be elements of a tensor, or empty: a boolean that is neither 0 nor
/// 1, or, with `unsigned_64`, an integer beyond int64.
std::string_view element_fault(std::span<const std::byte> bytes, DType dtype, bool unsigned_64);

}  // namespace keras::saving
