#include "keras/preprocessing/image/random_state.h"

#include <bit>
#include <numeric>
#include <utility>

namespace keras::preprocessing::image {

double RandomState::random_sample() {
  const std::uint32_t high = static_cast<std::uint32_t>(engine_()) >> 5;
  const std::uint32_t low = static_cast<std::uint32_t>(engine_()) >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

std::uint32_t RandomState::interval(std::uint32_t most) {
  if (most == 0) return 0;
  const std::uint32_t mask = 0xffffffffu >> std::countl_zero(most);
  for (;;)
    if (const auto value = static_cast<std::uint32_t>(engine_()) & mask; value <= most)
      return value;
}

std::vector<std::int64_t> RandomState::permutation(std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[interval(static_cast<std::uint32_t>(i))]);
  return order;
}

}  // namespace keras::preprocessing::image
