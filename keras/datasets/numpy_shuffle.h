#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace keras::datasets {

/// The order that NumPy's RandomState(seed).shuffle gives `count` things.
std::vector<std::size_t> numpy_shuffle(std::size_t count, std::uint32_t seed);
/// The same of a RandomState that has been used.
std::vector<std::size_t> numpy_shuffle(std::size_t count, std::mt19937& random);

}  // namespace keras::datasets
