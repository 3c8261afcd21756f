// Included once by each target's sources, inside the target's own namespace: everything here must
// be static, or the linker might keep the widest instruction set's copy for all.

#ifndef KERAS_TARGET
#error "define KERAS_TARGET, the namespace of the instruction set, first"
#endif

#include <cstdint>
#include <cstring>

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

#define KERAS_INLINE static inline __attribute__((always_inline))

/// Sums run over this many lanes whatever the instruction set, so that all give the same order.
constexpr std::int64_t kLanes = 16;

// How vectors would be passed to functions is nothing to warn of: all are inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

/// Sixteen channels in a register, or in the few that an instruction set needs for them.
using Vec = float __attribute__((vector_size(64)));
/// A sum with zero would turn -0 into 0, which takes an instruction; the difference takes none.
KERAS_INLINE Vec broadcast(Vec, float value) { return value - Vec{}; }
KERAS_INLINE float broadcast(float, float value) { return value; }

KERAS_INLINE void get(float& value, const float* from) { value = *from; }
KERAS_INLINE void get(Vec& value, const float* from) { std::memcpy(&value, from, sizeof(Vec)); }
KERAS_INLINE void put(float* to, float value) { *to = value; }
KERAS_INLINE void put(float* to, Vec value) { std::memcpy(to, &value, sizeof(Vec)); }

KERAS_INLINE float max_f32(float a, float b) { return a > b ? a : b; }
KERAS_INLINE float min_f32(float a, float b) { return a < b ? a : b; }

/// e^(x - n ln 2) - 1 for the integer n nearest to x / ln 2, of numbers or vectors.
template <typename T>
KERAS_INLINE T expm1_of_rest(T x, T n) {
  T r = x - n * 0.693145751953125f;
  r = r - n * 1.42860682030941723e-6f;
  T p = r * 1.3930436e-3f + 8.3632785e-3f;
  p = p * r + 4.1666552e-2f;
  p = p * r + 1.6666590e-1f;
  p = p * r + 0.5f;
  return p * r * r + r;
}
template <typename T>
KERAS_INLINE T exp_of_rest(T x, T n) {
  return expm1_of_rest(x, n) + 1.0f;
}

constexpr float kLog2E = 1.44269504088896341f;
/// 1.5 * 2^23: what is added to it rounds to an integer n, which the last bits of the sum are.
constexpr float kRounding = 12582912.0f;

/// 2^n for n + kRounding, for n from -126 on; infinite for 128, the largest.
KERAS_INLINE float power_of_rounded(float sum) {
  std::uint32_t bits;
  std::memcpy(&bits, &sum, sizeof bits);
  bits = (bits << 23) + (std::uint32_t{127} << 23);
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return power;
}

/// exp(x) within 1 ulp: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial for e^r (minimax, degree
/// 6), then the exponent is set in two steps so that results near both ends keep their bits.
/// Denormal results are exact to their last bit of the scaling; below -104 the result is 0.
KERAS_INLINE float exp_f32(float x) {
  const float clamped = max_f32(min_f32(x, 89.0f), -104.0f);
  const float n = (clamped * kLog2E + kRounding) - kRounding;
  const float p = exp_of_rest(clamped, n);
  const std::int32_t whole = static_cast<std::int32_t>(n);
  const std::int32_t half = whole >> 1;
  const std::int32_t bits_a = (half + 127) << 23;
  const std::int32_t bits_b = (whole - half + 127) << 23;
  float scale_a, scale_b;
  std::memcpy(&scale_a, &bits_a, sizeof scale_a);
  std::memcpy(&scale_b, &bits_b, sizeof scale_b);
  const float result = p * scale_a * scale_b;
  return x != x ? x : result;
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
