#include "keras/datasets/numpy_shuffle.h"

#include <numeric>
#include <utility>

namespace keras::datasets {

std::vector<std::size_t> numpy_shuffle(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  return numpy_shuffle(count, random);
}

std::vector<std::size_t> numpy_shuffle(std::size_t count, std::mt19937& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t last = count; last-- > 1;) {
    std::size_t mask = last;
    for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
    std::size_t other = random() & mask;
    while (other > last) other = random() & mask;
    std::swap(order[last], order[other]);
  }
  return order;
}

}  // namespace keras::datasets
