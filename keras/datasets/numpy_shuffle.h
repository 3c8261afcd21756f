#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keras::datasets {

/// The order that NumPy's RandomState(seed).shuffle gives `count` things.
std::vector<std::size_t> numpy_shuffle(std::size_t count, std::uint32_t seed);

}  // namespace keras::datasets
