#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/shape.h"
#include "keras/utils/config.h"

namespace keras::saving::hdf5 {

/// Throws ValueError for a value that no attribute can hold.
void check_attribute(std::string_view name, const Config& value);

/// The message of an attribute. A string's bytes lie elsewhere: `next_string` gives the twelve
/// bytes behind its length that lead there.
std::vector<std::byte> encode_attribute(const std::string& name, const Config& value,
                                        const std::function<std::vector<std::byte>()>& next_string);

/// The message of a dataspace.
std::vector<std::byte> encode_dataspace(const Shape& shape);

}  // namespace keras::saving::hdf5
