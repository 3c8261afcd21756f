#pragma once

#include <array>

#include "keras/layers/config_reader.h"

namespace keras::layers {

/// `value_range`, two numbers, (0, 255) where it is not given. Throws ValueError for other lists.
std::array<double, 2> read_value_range(ConfigReader& reader);
/// The smaller number first.
std::array<double, 2> ordered(const std::array<double, 2>& range);
Config value_range_to_config(const std::array<double, 2>& range);

}  // namespace keras::layers
