// Vectors of numbers that lie in memory as float32 or as bfloat16, of one target; see
// vector_math-inl.h about being included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

using Bits = std::uint32_t __attribute__((vector_size(64)));
using HalfBits = std::uint16_t __attribute__((vector_size(32)));

KERAS_INLINE Vec vector_at(const float* from) {
  Vec value;
  get(value, from);
  return value;
}
KERAS_INLINE Vec vector_at(const Brain* from) {
  HalfBits bits;
  std::memcpy(&bits, from, sizeof bits);
  return reinterpret_cast<Vec>(__builtin_convertvector(bits, Bits) << 16);
}
/// As to_brain() does it.
KERAS_INLINE void put(Brain* to, Vec value) {
  const Bits bits = reinterpret_cast<Bits>(value);
  const Bits rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16, nan = (bits >> 16) | 0x40U;
  const HalfBits half = __builtin_convertvector(value != value ? nan : rounded, HalfBits);
  std::memcpy(to, &half, sizeof half);
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
