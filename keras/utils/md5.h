#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace keras::utils {

/// The hash of RFC 1321 over bytes that come piece by piece: good against damage, not against
/// forgery. Some of Keras's files have no other.
class Md5 {
 public:
  void update(std::span<const std::byte> bytes);
  /// The hash in hexadecimal digits; nothing may follow.
  std::string finish();

 private:
  void mix_block();

  std::array<std::uint32_t, 4> state_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  std::array<std::uint8_t, 64> block_ = {};
  std::size_t used_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace keras::utils
