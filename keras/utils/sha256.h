#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace keras::utils {

/// The hash of FIPS 180-4 over bytes that come piece by piece.
class Sha256 {
 public:
  void update(std::span<const std::byte> bytes);
  /// The hash in hexadecimal digits; nothing may follow.
  std::string finish();

 private:
  void mix_block();

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_ = {};
  std::size_t used_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace keras::utils
