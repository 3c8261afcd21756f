#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace keras::backend::cpu {

/// Element visits that keep a core busy for about 10 microseconds: a thread with less to do costs
/// more than it brings.
inline constexpr std::int64_t kVisitsWorthAThread = 1 << 15;

/// Into how many parts, at most `most`, work of so many element visits is worth being cut.
inline int parts_for(std::int64_t visits, std::int64_t most) {
  return static_cast<int>(
      std::clamp<std::int64_t>(visits / kVisitsWorthAThread, 1, std::max<std::int64_t>(most, 1)));
}

/// Below this many multiplications of a product another thread costs more than it brings.
inline constexpr std::int64_t kMultiplicationsWorthAThread = 1 << 18;

/// The same for a product of so many multiplications.
inline int parts_for_product(std::int64_t multiplications, int most) {
  return static_cast<int>(std::clamp<std::int64_t>(multiplications / kMultiplicationsWorthAThread,
                                                   1, std::max(most, 1)));
}

/// Which of `size` items part `part` of `parts` does: [first, second).
inline std::pair<std::int64_t, std::int64_t> share_of(std::int64_t size, int parts, int part) {
  return {size * part / parts, size * (part + 1) / parts};
}

}  // namespace keras::backend::cpu
