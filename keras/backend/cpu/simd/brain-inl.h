// bfloat16 as it lies in memory. Included within a target's unnamed namespace, after KERAS_INLINE.

struct Brain {
  std::uint16_t bits;
};

KERAS_INLINE float to_float(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
KERAS_INLINE std::uint32_t to_bits(float x) { return __builtin_bit_cast(std::uint32_t, x); }

KERAS_INLINE float read(Brain value) { return to_float(std::uint32_t{value.bits} << 16); }

/// Rounds to the nearest, ties to even; NaN stays one.
KERAS_INLINE Brain to_brain(float x) {
  const std::uint32_t bits = to_bits(x);
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const std::uint32_t nan = (bits >> 16) | 0x40U;
  return {static_cast<std::uint16_t>(x != x ? nan : rounded)};
}
