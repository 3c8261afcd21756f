#include <cstddef>
#include <cstdint>

#include "keras/backend/cpu/simd/kernel_table.h"

namespace keras::backend::cpu::simd::KERAS_TARGET {
extern const ReduceTable reduce_table;
namespace {

#define KERAS_INLINE static inline __attribute__((always_inline))

template <typename T>
constexpr bool is_integer_v = T(0.5) == T(0);

/// Floats accumulate in double: the sum of a million float32 is right to their last digit in
/// whatever order, and memory, not arithmetic, sets the pace.
template <typename T>
struct AccumulatorOf {
  using type = double;
};
template <>
struct AccumulatorOf<std::int64_t> {
  using type = std::int64_t;
};

struct Sum {
  template <typename A>
  static constexpr A identity = 0;
  KERAS_INLINE double of(double x, double y) { return x + y; }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(x) + static_cast<std::uint64_t>(y));
  }
};
struct Prod {
  template <typename A>
  static constexpr A identity = 1;
  KERAS_INLINE double of(double x, double y) { return x * y; }
  KERAS_INLINE std::int64_t of(std::int64_t x, std::int64_t y) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(y));
  }
};
struct Max {
  template <typename A>
  static constexpr A identity = is_integer_v<A> ? static_cast<A>(INT64_MIN)
                                                : static_cast<A>(-__builtin_inf());
  template <typename A>
  KERAS_INLINE A of(A x, A y) {
    return ((x > y) | (x != x)) ? x : y;
  }
};
struct Min {
  template <typename A>
  static constexpr A identity = is_integer_v<A> ? static_cast<A>(INT64_MAX)
                                                : static_cast<A>(__builtin_inf());
  template <typename A>
  KERAS_INLINE A of(A x, A y) {
    return ((x < y) | (x != x)) ? x : y;
  }
};
struct Any {
  template <typename A>
  static constexpr A identity = 0;
  template <typename A>
  KERAS_INLINE A of(A x, A y) {
    return ((x != A(0)) | (y != A(0))) ? A(1) : A(0);
  }
};
struct All {
  template <typename A>
  static constexpr A identity = 1;
  template <typename A>
  KERAS_INLINE A of(A x, A y) {
    return ((x != A(0)) & (y != A(0))) ? A(1) : A(0);
  }
};

/// A type wide enough for partial results: max and min of float32 need no double.
template <typename Op, typename T>
struct Partial {
  using type = typename AccumulatorOf<T>::type;
};
template <>
struct Partial<Max, float> {
  using type = float;
};
template <>
struct Partial<Min, float> {
  using type = float;
};

/// Independent partial results, enough to hide an addition's latency.
constexpr std::ptrdiff_t kWays = 64;

template <typename Op, typename T>
KERAS_INLINE typename AccumulatorOf<T>::type reduce_row(const T* x, std::ptrdiff_t width) {
  using P = typename Partial<Op, T>::type;
  P total = Op::template identity<P>;
  std::ptrdiff_t i = 0;
  if (width >= kWays) {
    P part[kWays];
    for (std::ptrdiff_t j = 0; j < kWays; ++j) part[j] = Op::template identity<P>;
    for (; i + kWays <= width; i += kWays) {
#pragma omp simd
      for (std::ptrdiff_t j = 0; j < kWays; ++j)
        part[j] = Op::of(part[j], static_cast<P>(x[i + j]));
    }
    for (std::ptrdiff_t step = kWays / 2; step > 0; step /= 2)
      for (std::ptrdiff_t j = 0; j < step; ++j) part[j] = Op::of(part[j], part[j + step]);
    total = part[0];
  }
  for (; i < width; ++i) total = Op::of(total, static_cast<P>(x[i]));
  return static_cast<typename AccumulatorOf<T>::type>(total);
}

template <typename Op, typename T>
void reduce_rows(void* accumulators, const void* lanes, std::ptrdiff_t rows, std::ptrdiff_t width) {
  auto* total = static_cast<typename AccumulatorOf<T>::type*>(accumulators);
  const T* x = static_cast<const T*>(lanes);
  for (std::ptrdiff_t r = 0; r < rows; ++r)
    total[r] = Op::of(total[r], reduce_row<Op, T>(x + r * width, width));
}

/// So many columns at a time keep their results in registers from row to row.
template <typename Op, int columns, typename A, typename T>
KERAS_INLINE void reduce_strip(A* total, const T* x, std::ptrdiff_t rows, std::ptrdiff_t width) {
  A part[columns];
  for (std::ptrdiff_t c = 0; c < columns; ++c) part[c] = total[c];
  for (std::ptrdiff_t r = 0; r < rows; ++r, x += width) {
#pragma omp simd
    for (std::ptrdiff_t c = 0; c < columns; ++c) part[c] = Op::of(part[c], static_cast<A>(x[c]));
  }
  for (std::ptrdiff_t c = 0; c < columns; ++c) total[c] = part[c];
}

template <typename Op, typename T>
void reduce_columns(void* accumulators, const void* lanes, std::ptrdiff_t rows,
                    std::ptrdiff_t width) {
  using A = typename AccumulatorOf<T>::type;
  A* total = static_cast<A*>(accumulators);
  const T* x = static_cast<const T*>(lanes);
  std::ptrdiff_t c = 0;
  for (; c + 64 <= width; c += 64) reduce_strip<Op, 64>(total + c, x + c, rows, width);
  for (; c + 16 <= width; c += 16) reduce_strip<Op, 16>(total + c, x + c, rows, width);
  for (std::ptrdiff_t r = 0; c < width && r < rows; ++r, x += width)
    for (std::ptrdiff_t rest = c; rest < width; ++rest)
      total[rest] = Op::of(total[rest], static_cast<A>(x[rest]));
}

struct Argmax {
  using Extreme = Max;
  template <typename A>
  KERAS_INLINE bool better(A x, A best) {
    return (x > best) | ((x != x) & (best == best));
  }
};
struct Argmin {
  using Extreme = Min;
  template <typename A>
  KERAS_INLINE bool better(A x, A best) {
    return (x < best) | ((x != x) & (best == best));
  }
};

template <typename Op, typename T>
void arg_rows(void* accumulators, std::int64_t* indices, const void* lanes, std::ptrdiff_t rows,
              std::ptrdiff_t width, std::int64_t position) {
  using A = typename AccumulatorOf<T>::type;
  A* best = static_cast<A*>(accumulators);
  const T* x = static_cast<const T*>(lanes);
  for (std::ptrdiff_t r = 0; r < rows; ++r, x += width) {
    const A extreme = reduce_row<typename Op::Extreme, T>(x, width);
    if (indices[r] >= 0 && !Op::better(extreme, best[r])) continue;
    std::ptrdiff_t i = 0;
    while (i + 1 < width && !(static_cast<A>(x[i]) == extreme || x[i] != x[i])) ++i;
    best[r] = extreme;
    indices[r] = position + i;
  }
}

template <typename Op, typename T>
void arg_columns(void* accumulators, std::int64_t* indices, const void* lanes, std::ptrdiff_t rows,
                 std::ptrdiff_t width, std::int64_t position) {
  using A = typename AccumulatorOf<T>::type;
  A* best = static_cast<A*>(accumulators);
  const T* x = static_cast<const T*>(lanes);
  for (std::ptrdiff_t r = 0; r < rows; ++r, x += width) {
#pragma omp simd
    for (std::ptrdiff_t c = 0; c < width; ++c) {
      const A value = static_cast<A>(x[c]);
      const bool take = (indices[c] < 0) | Op::better(value, best[c]);
      best[c] = take ? value : best[c];
      indices[c] = take ? position + r : indices[c];
    }
  }
}

#define KERAS_LANES(loop, Op) \
  { &loop<Op, float>, &loop<Op, double>, &loop<Op, std::int64_t> }

}  // namespace

constexpr ReduceTable reduce_table = {
    .rows = {KERAS_LANES(reduce_rows, Sum), KERAS_LANES(reduce_rows, Prod),
             KERAS_LANES(reduce_rows, Max), KERAS_LANES(reduce_rows, Min),
             KERAS_LANES(reduce_rows, Any), KERAS_LANES(reduce_rows, All)},
    .columns = {KERAS_LANES(reduce_columns, Sum), KERAS_LANES(reduce_columns, Prod),
                KERAS_LANES(reduce_columns, Max), KERAS_LANES(reduce_columns, Min),
                KERAS_LANES(reduce_columns, Any), KERAS_LANES(reduce_columns, All)},
    .arg_rows = {KERAS_LANES(arg_rows, Argmax), KERAS_LANES(arg_rows, Argmin)},
    .arg_columns = {KERAS_LANES(arg_columns, Argmax), KERAS_LANES(arg_columns, Argmin)},
};

}  // namespace keras::backend::cpu::simd::KERAS_TARGET
