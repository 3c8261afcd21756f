#include <cstddef>
#include <cstdint>

#include "keras/backend/cpu/simd/kernel_table.h"

#ifdef __F16C__
#include <immintrin.h>
#endif

namespace keras::backend::cpu::simd::KERAS_TARGET {
extern const MemoryTable memory_table;
namespace {

#define KERAS_INLINE static inline __attribute__((always_inline))

#include "keras/backend/cpu/simd/brain-inl.h"

/// Values as they lie in memory, where C++ has no type of its own for them.
struct Bool {
  std::uint8_t value;
};
struct Half {
  std::uint16_t bits;
};

template <typename M>
struct OwnLane {
  using type = std::int64_t;
};
template <>
struct OwnLane<float> {
  using type = float;
};
template <>
struct OwnLane<Half> {
  using type = float;
};
template <>
struct OwnLane<Brain> {
  using type = float;
};
template <>
struct OwnLane<double> {
  using type = double;
};
template <typename M>
using own_lane_t = typename OwnLane<M>::type;

template <typename M>
KERAS_INLINE own_lane_t<M> read(M value) {
  return value;
}
KERAS_INLINE std::int64_t read(Bool value) { return value.value != 0 ? 1 : 0; }
KERAS_INLINE float read(Half value) {
  const std::uint32_t magnitude = (value.bits & 0x7fffU) << 13;
  // The factor moves the exponent's bias, and makes denormal halves normal.
  const float finite = to_float(magnitude) * 0x1p112f;
  const std::uint32_t bits = magnitude >= 0x0f800000U ? (magnitude | 0x7f800000U) : to_bits(finite);
  return to_float(bits | (value.bits & 0x8000U) << 16);
}

/// The nearest value of an integer type; 0 for NaN.
template <typename M>
KERAS_INLINE M saturate(double x) {
  if constexpr (sizeof(M) == 8) {
    // What does not fit must not even be converted.
    double inside = x != x || x >= 0x1p63 ? 0.0 : x;
    inside = inside < -0x1p63 ? -0x1p63 : inside;
    return x >= 0x1p63 ? INT64_MAX : static_cast<std::int64_t>(inside);
  } else {
    constexpr bool is_signed = M(-1) < M(0);
    constexpr double low = is_signed ? -static_cast<double>(1ULL << (8 * sizeof(M) - 1)) : 0.0;
    constexpr double high =
        static_cast<double>((1ULL << (8 * sizeof(M) - (is_signed ? 1 : 0))) - 1);
    x = x < low ? low : x;
    x = x > high ? high : x;
    x = x != x ? 0.0 : x;
    if constexpr (sizeof(M) == 4 && !is_signed) {
      return static_cast<M>(static_cast<std::int64_t>(x));
    } else {
      return static_cast<M>(static_cast<std::int32_t>(x));
    }
  }
}

KERAS_INLINE Half to_half(float x) {
  const std::uint32_t sign = (to_bits(x) >> 16) & 0x8000U;
  const std::uint32_t a = to_bits(x) & 0x7fffffffU;
  const std::uint32_t normal = (a - 0x38000000U + 0xfffU + ((a >> 13) & 1U)) >> 13;
  // Adding 1/2 puts the bits of a denormal half at the end of the mantissa, rounded.
  const std::uint32_t denormal = to_bits(to_float(a) + 0.5f) - 0x3f000000U;
  const std::uint32_t special = a > 0x7f800000U ? 0x7e00U : 0x7c00U;
  const std::uint32_t finite = a < 0x38800000U ? denormal : normal;
  return {static_cast<std::uint16_t>(sign | (a >= 0x47800000U ? special : finite))};
}

/// As astype: floats go to integers toward zero, anything but zero is true.
template <typename M, typename T>
struct Write {
  KERAS_INLINE M of(T x) {
    if constexpr (T(0.5) != T(0)) {
      return saturate<M>(static_cast<double>(x));
    } else {
      return static_cast<M>(x);
    }
  }
};
template <typename T>
struct Write<Bool, T> {
  KERAS_INLINE Bool of(T x) { return {static_cast<std::uint8_t>(x != T(0) ? 1 : 0)}; }
};
template <typename T>
struct Write<float, T> {
  KERAS_INLINE float of(T x) { return static_cast<float>(x); }
};
template <typename T>
struct Write<double, T> {
  KERAS_INLINE double of(T x) { return static_cast<double>(x); }
};
template <typename T>
struct Write<Half, T> {
  KERAS_INLINE Half of(T x) { return to_half(static_cast<float>(x)); }
};
template <typename T>
struct Write<Brain, T> {
  KERAS_INLINE Brain of(T x) { return to_brain(static_cast<float>(x)); }
};

template <typename M, typename T>
void load(void* dst, const void* src, std::ptrdiff_t count, std::ptrdiff_t stride) {
  T* y = static_cast<T*>(dst);
  const M* x = static_cast<const M*>(src);
  if (stride == 1) {
#pragma omp simd
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = static_cast<T>(read(x[i]));
  } else if (stride == 0) {
    const T value = static_cast<T>(read(x[0]));
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = value;
  } else {
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = static_cast<T>(read(x[i * stride]));
  }
}

template <typename M, typename T>
void store(void* dst, const void* src, std::ptrdiff_t count, std::ptrdiff_t stride) {
  M* y = static_cast<M*>(dst);
  const T* x = static_cast<const T*>(src);
  if (stride == 1) {
#pragma omp simd
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = Write<M, T>::of(x[i]);
  } else {
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i * stride] = Write<M, T>::of(x[i]);
  }
}

template <typename M, typename T>
void cast(void* dst, const void* a, const void*, const void*, std::ptrdiff_t count) {
  own_lane_t<M>* y = static_cast<own_lane_t<M>*>(dst);
  const T* x = static_cast<const T*>(a);
#pragma omp simd
  for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = read(Write<M, T>::of(x[i]));
}

#ifdef __F16C__
void load_half(void* dst, const void* src, std::ptrdiff_t count, std::ptrdiff_t stride) {
  float* y = static_cast<float*>(dst);
  const Half* x = static_cast<const Half*>(src);
  std::ptrdiff_t i = 0;
  if (stride == 1)
    for (; i + 8 <= count; i += 8)
      _mm256_storeu_ps(y + i,
                       _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i))));
  load<Half, float>(y + i, x + i, count - i, stride);
}
void store_half(void* dst, const void* src, std::ptrdiff_t count, std::ptrdiff_t stride) {
  Half* y = static_cast<Half*>(dst);
  const float* x = static_cast<const float*>(src);
  std::ptrdiff_t i = 0;
  if (stride == 1)
    for (; i + 8 <= count; i += 8)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i),
                       _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
  store<Half, float>(y + i, x + i, count - i, stride);
}
#else
constexpr MemoryLoop load_half = &load<Half, float>;
constexpr MemoryLoop store_half = &store<Half, float>;
#endif

#define KERAS_CASTS(T)                                                                             \
  {                                                                                                \
    &cast<Bool, T>, &cast<std::uint8_t, T>, &cast<std::uint16_t, T>, &cast<std::uint32_t, T>,      \
        &cast<std::int8_t, T>, &cast<std::int16_t, T>, &cast<std::int32_t, T>,                     \
        &cast<std::int64_t, T>, &cast<Half, T>, &cast<Brain, T>, &cast<float, T>, &cast<double, T> \
  }

}  // namespace

constexpr MemoryTable memory_table = {
    .load = {&load<Bool, std::int64_t>, &load<std::uint8_t, std::int64_t>,
             &load<std::uint16_t, std::int64_t>, &load<std::uint32_t, std::int64_t>,
             &load<std::int8_t, std::int64_t>, &load<std::int16_t, std::int64_t>,
             &load<std::int32_t, std::int64_t>, &load<std::int64_t, std::int64_t>, load_half,
             &load<Brain, float>, &load<float, float>, &load<double, double>},
    .load_float32 = {&load<Bool, float>, &load<std::uint8_t, float>, &load<std::uint16_t, float>,
                     &load<std::uint32_t, float>, &load<std::int8_t, float>,
                     &load<std::int16_t, float>, &load<std::int32_t, float>,
                     &load<std::int64_t, float>, load_half, &load<Brain, float>,
                     &load<float, float>, &load<double, float>},
    .store = {&store<Bool, std::int64_t>, &store<std::uint8_t, std::int64_t>,
              &store<std::uint16_t, std::int64_t>, &store<std::uint32_t, std::int64_t>,
              &store<std::int8_t, std::int64_t>, &store<std::int16_t, std::int64_t>,
              &store<std::int32_t, std::int64_t>, &store<std::int64_t, std::int64_t>, store_half,
              &store<Brain, float>, &store<float, float>, &store<double, double>},
    .store_float32 = {&store<Bool, float>, &store<std::uint8_t, float>,
                      &store<std::uint16_t, float>, &store<std::uint32_t, float>,
                      &store<std::int8_t, float>, &store<std::int16_t, float>,
                      &store<std::int32_t, float>, &store<std::int64_t, float>, store_half,
                      &store<Brain, float>, &store<float, float>, &store<double, float>},
    .cast = {KERAS_CASTS(float), KERAS_CASTS(double), KERAS_CASTS(std::int64_t)},
};

}  // namespace keras::backend::cpu::simd::KERAS_TARGET
