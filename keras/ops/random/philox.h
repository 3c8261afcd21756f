#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace keras::ops {

/// Four words for each of `kCounters` consecutive counters, which depend on a key and the counter
/// alone: Philox4x32-10, from Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3" (SC 2011). Each step is a loop over the counters, for the compiler to vectorize.
template <std::size_t kCounters>
std::array<std::uint32_t, 4 * kCounters> philox_words(std::uint32_t key_low, std::uint32_t key_high,
                                                      std::uint64_t first_counter) {
  std::array<std::uint32_t, kCounters> a, b, c{}, d{};
  for (std::size_t i = 0; i < kCounters; ++i) {
    a[i] = static_cast<std::uint32_t>(first_counter + i);
    b[i] = static_cast<std::uint32_t>((first_counter + i) >> 32);
  }
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < kCounters; ++i) {
      const std::uint64_t first = std::uint64_t{0xD2511F53} * a[i];
      const std::uint64_t second = std::uint64_t{0xCD9E8D57} * c[i];
      a[i] = static_cast<std::uint32_t>(second >> 32) ^ b[i] ^ key_low;
      b[i] = static_cast<std::uint32_t>(second);
      c[i] = static_cast<std::uint32_t>(first >> 32) ^ d[i] ^ key_high;
      d[i] = static_cast<std::uint32_t>(first);
    }
    key_low += 0x9E3779B9;
    key_high += 0xBB67AE85;
  }
  std::array<std::uint32_t, 4 * kCounters> words;
  for (std::size_t i = 0; i < kCounters; ++i) {
    words[4 * i] = a[i];
    words[4 * i + 1] = b[i];
    words[4 * i + 2] = c[i];
    words[4 * i + 3] = d[i];
  }
  return words;
}

}  // namespace keras::ops
