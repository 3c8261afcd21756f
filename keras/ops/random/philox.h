#pragma once

#include <array>
#include <cstdint>

namespace keras::ops {

/// Four words that depend on a key and a counter alone: Philox4x32-10, from Salmon, Moraes, Dror
/// and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
inline std::array<std::uint32_t, 4> philox(std::uint32_t key_low, std::uint32_t key_high,
                                           std::uint64_t counter) {
  std::array<std::uint32_t, 4> word{static_cast<std::uint32_t>(counter),
                                    static_cast<std::uint32_t>(counter >> 32), 0, 0};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * word[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * word[2];
    word = {static_cast<std::uint32_t>(second >> 32) ^ word[1] ^ key_low,
            static_cast<std::uint32_t>(second),
            static_cast<std::uint32_t>(first >> 32) ^ word[3] ^ key_high,
            static_cast<std::uint32_t>(first)};
    key_low += 0x9E3779B9;
    key_high += 0xBB67AE85;
  }
  return word;
}

}  // namespace keras::ops
