#include <cstddef>
#include <cstdint>

#include "keras/backend/cpu/simd/kernel_table.h"

namespace keras::backend::cpu::simd::KERAS_TARGET {
extern const ElementTable element_table;
namespace {

#include "keras/backend/cpu/simd/targets/math-inl.h"
//
#include "keras/backend/cpu/simd/targets/functors-inl.h"

template <typename F, typename T>
KERAS_INLINE bool any_beyond_limit(const T* x, std::ptrdiff_t count) {
  std::int32_t beyond = 0;
#pragma omp simd reduction(| : beyond)
  for (std::ptrdiff_t i = 0; i < count; ++i) beyond |= abs_of(x[i]) > F::kLimit ? 1 : 0;
  return beyond != 0;
}

template <typename F, typename T>
struct VectorLoop {
  static void run1(void* dst, const void* a, const void*, const void*, std::ptrdiff_t count) {
    T* y = static_cast<T*>(dst);
    const T* x = static_cast<const T*>(a);
    count &= ~(kPadding - 1);
    if constexpr (F::kLimit > 0.0f) {
      if (any_beyond_limit<F>(x, count)) {
        for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = F::large(x[i]);
        return;
      }
    }
#pragma omp simd
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = F::of(x[i]);
  }
  static void run2(void* dst, const void* a, const void* b, const void*, std::ptrdiff_t count) {
    T* z = static_cast<T*>(dst);
    const T* x = static_cast<const T*>(a);
    const T* y = static_cast<const T*>(b);
    count &= ~(kPadding - 1);
#pragma omp simd
    for (std::ptrdiff_t i = 0; i < count; ++i) z[i] = F::of(x[i], y[i]);
  }
  static void run3(void* dst, const void* a, const void* b, const void* c, std::ptrdiff_t count) {
    T* w = static_cast<T*>(dst);
    const T* x = static_cast<const T*>(a);
    const T* y = static_cast<const T*>(b);
    const T* z = static_cast<const T*>(c);
    count &= ~(kPadding - 1);
#pragma omp simd
    for (std::ptrdiff_t i = 0; i < count; ++i) w[i] = F::of(x[i], y[i], z[i]);
  }
};

template <typename F, typename T>
struct ScalarLoop {
  static void run1(void* dst, const void* a, const void*, const void*, std::ptrdiff_t count) {
    T* y = static_cast<T*>(dst);
    const T* x = static_cast<const T*>(a);
    for (std::ptrdiff_t i = 0; i < count; ++i) y[i] = F::of(x[i]);
  }
  static void run2(void* dst, const void* a, const void* b, const void*, std::ptrdiff_t count) {
    T* z = static_cast<T*>(dst);
    const T* x = static_cast<const T*>(a);
    const T* y = static_cast<const T*>(b);
    for (std::ptrdiff_t i = 0; i < count; ++i) z[i] = F::of(x[i], y[i]);
  }
};

#define KERAS_LOOP_V(name, arity, T) &VectorLoop<name, T>::run##arity
#define KERAS_LOOP_S(name, arity, T) &ScalarLoop<name, T>::run##arity
#define KERAS_LOOP_N(name, arity, T) nullptr

}  // namespace

constexpr ElementTable element_table = {{
#define KERAS_ELEMENT(name, arity, f32, f64, i64, cost)                         \
  {KERAS_LOOP_##f32(name, arity, float), KERAS_LOOP_##f64(name, arity, double), \
   KERAS_LOOP_##i64(name, arity, std::int64_t)},
#include "keras/backend/cpu/simd/elementwise_ops.inc"
#undef KERAS_ELEMENT
}};

}  // namespace keras::backend::cpu::simd::KERAS_TARGET
