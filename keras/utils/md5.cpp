#include "keras/utils/md5.h"

#include <bit>

namespace keras::utils {
namespace {

/// The first 32 bits of |sin(i + 1)|.
constexpr std::array<std::uint32_t, 64> kRounds = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int kTurns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

}  // namespace

void Md5::mix_block() {
  std::array<std::uint32_t, 16> w;
  for (std::size_t i = 0; i < 16; ++i)
    w[i] = static_cast<std::uint32_t>(block_[4 * i + 3]) << 24 |
           static_cast<std::uint32_t>(block_[4 * i + 2]) << 16 |
           static_cast<std::uint32_t>(block_[4 * i + 1]) << 8 | block_[4 * i];
  auto [a, b, c, d] = state_;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t round = i / 16;
    const std::uint32_t mixes[4] = {(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d,
                                    c ^ (b | ~d)};
    const std::size_t words[4] = {i, 5 * i + 1, 3 * i + 5, 7 * i};
    const std::uint32_t sum = a + mixes[round] + kRounds[i] + w[words[round] % 16];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kTurns[round][i % 4]);
  }
  const std::array<std::uint32_t, 4> mixed = {a, b, c, d};
  for (std::size_t i = 0; i < 4; ++i) state_[i] += mixed[i];
}

void Md5::update(std::span<const std::byte> bytes) {
  total_ += bytes.size();
  for (const std::byte byte : bytes) {
    block_[used_++] = static_cast<std::uint8_t>(byte);
    if (used_ == block_.size()) {
      mix_block();
      used_ = 0;
    }
  }
}

std::string Md5::finish() {
  const std::uint64_t bits = total_ * 8;
  const std::byte end{0x80}, zero{0};
  update({&end, 1});
  while (used_ != 56) update({&zero, 1});
  for (int shift = 0; shift < 64; shift += 8) {
    const std::byte part{static_cast<std::uint8_t>(bits >> shift)};
    update({&part, 1});
  }
  std::string text;
  for (const std::uint32_t word : state_)
    for (int byte = 0; byte < 32; byte += 8)
      for (const int shift : {byte + 4, byte}) text += "0123456789abcdef"[(word >> shift) & 0xf];
  return text;
}

}  // namespace keras::utils
