#include "keras/utils/string_hash.h"

#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

namespace keras::utils {
namespace {

using std::uint64_t;

constexpr uint64_t kPrime0 = 0xc3a5c85c97cb3127;
constexpr uint64_t kPrime1 = 0xb492b66fbe98f273;
constexpr uint64_t kPrime2 = 0x9ae16a3b2f90404f;

uint64_t load64(const char* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
uint64_t load32(const char* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
uint64_t byte_at(const char* at) { return static_cast<unsigned char>(*at); }

uint64_t shift_mix(uint64_t value) { return value ^ (value >> 47); }

uint64_t mix_two(uint64_t u, uint64_t v, uint64_t factor) {
  const uint64_t a = shift_mix((u ^ v) * factor);
  return shift_mix((v ^ a) * factor) * factor;
}

uint64_t hash_to_16(const char* s, uint64_t size) {
  const uint64_t factor = kPrime2 + size * 2;
  if (size >= 8) {
    const uint64_t a = load64(s) + kPrime2;
    const uint64_t b = load64(s + size - 8);
    return mix_two(std::rotr(b, 37) * factor + a, (std::rotr(a, 25) + b) * factor, factor);
  }
  if (size >= 4) return mix_two(size + (load32(s) << 3), load32(s + size - 4), factor);
  if (size == 0) return kPrime2;
  const uint64_t y = byte_at(s) + (byte_at(s + size / 2) << 8);
  const uint64_t z = size + (byte_at(s + size - 1) << 2);
  return shift_mix((y * kPrime2) ^ (z * kPrime0)) * kPrime2;
}

uint64_t hash_to_32(const char* s, uint64_t size) {
  const uint64_t factor = kPrime2 + size * 2;
  const uint64_t a = load64(s) * kPrime1, b = load64(s + 8);
  const uint64_t c = load64(s + size - 8) * factor, d = load64(s + size - 16) * kPrime2;
  return mix_two(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + kPrime2, 18) + c,
                 factor);
}

uint64_t hash_to_64(const char* s, uint64_t size) {
  const uint64_t factor = kPrime2 + size * 2;
  const uint64_t a = load64(s) * kPrime2, b = load64(s + 8);
  const uint64_t c = load64(s + size - 8) * factor, d = load64(s + size - 16) * kPrime2;
  const uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d;
  const uint64_t z = mix_two(y, a + std::rotr(b + kPrime2, 18) + c, factor);
  const uint64_t e = load64(s + 16) * factor, f = load64(s + 24);
  const uint64_t g = (y + load64(s + size - 32)) * factor;
  const uint64_t h = (z + load64(s + size - 24)) * factor;
  return mix_two(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, factor);
}

struct Pair {
  uint64_t first = 0;
  uint64_t second = 0;
};

Pair mix_32_bytes(const char* s, uint64_t a, uint64_t b) {
  a += load64(s);
  b = std::rotr(b + a + load64(s + 24), 21);
  const uint64_t start = a;
  a += load64(s + 8) + load64(s + 16);
  return {a + load64(s + 24), b + std::rotr(a, 44) + start};
}

/// The running state over blocks of 64 bytes.
struct LongState {
  uint64_t x, y, z;
  Pair v, w;

  /// The last block weighs some terms by another factor.
  void mix_block(const char* s, uint64_t factor, uint64_t weight) {
    x = std::rotr(x + y + v.first + load64(s + 8), 37) * factor;
    y = std::rotr(y + v.second + load64(s + 48), 42) * factor;
    x ^= w.second * weight;
    y += v.first * weight + load64(s + 40);
    z = std::rotr(z + w.first, 33) * factor;
    v = mix_32_bytes(s, v.second * factor, x + w.first);
    w = mix_32_bytes(s + 32, z + w.second, y + load64(s + 16));
    std::swap(z, x);
  }
};

uint64_t hash_long(const char* s, uint64_t size) {
  constexpr uint64_t kSeed = 81;
  LongState state{kSeed, kSeed * kPrime1 + 113, 0, {}, {}};
  state.z = shift_mix(state.y * kPrime2 + 113) * kPrime2;
  state.x = state.x * kPrime2 + load64(s);
  const char* const end = s + (size - 1) / 64 * 64;
  const uint64_t rest = (size - 1) & 63;
  for (; s != end; s += 64) state.mix_block(s, kPrime1, 1);
  const uint64_t factor = kPrime1 + ((state.z & 0xff) << 1);
  state.w.first += rest;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.mix_block(end + rest - 63, factor, 9);
  return mix_two(
      mix_two(state.v.first, state.w.first, factor) + shift_mix(state.y) * kPrime0 + state.z,
      mix_two(state.v.second, state.w.second, factor) + state.x, factor);
}

struct SipState {
  uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void absorb(uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

uint64_t fingerprint64(std::string_view text) {
  const uint64_t size = text.size();
  if (size <= 16) return hash_to_16(text.data(), size);
  if (size <= 32) return hash_to_32(text.data(), size);
  if (size <= 64) return hash_to_64(text.data(), size);
  return hash_long(text.data(), size);
}

uint64_t sip_hash64(std::string_view text, const std::array<uint64_t, 2>& key) {
  SipState state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                 key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) state.absorb(load64(text.data() + i));
  uint64_t last = static_cast<uint64_t>(text.size()) << 56;
  for (std::size_t i = whole; i < text.size(); ++i) last |= byte_at(&text[i]) << (8 * (i - whole));
  state.absorb(last);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace keras::utils
