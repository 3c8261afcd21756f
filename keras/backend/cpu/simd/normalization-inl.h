// Softmax, batch and layer normalization of rows; see vector_math-inl.h about being included by
// targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

/// All lanes as one, folded in half until one is left.
template <typename Fold>
KERAS_INLINE float fold_lanes(Vec x, const Fold& fold) {
  x = fold(x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  x = fold(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));
  x = fold(x, __builtin_shufflevector(x, x, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1));
  return fold(x, __builtin_shufflevector(x, x, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0))[0];
}

/// f(first) and those that follow it, one a lane.
template <typename Function>
KERAS_INLINE Vec lanes_of(std::int64_t first, const Function& f) {
  float values[kLanes];
#pragma omp simd
  for (std::int64_t lane = 0; lane < kLanes; ++lane) values[lane] = f(first + lane);
  Vec lanes;
  get(lanes, values);
  return lanes;
}

/// The sum of f(i) for i in [0, size): over lanes, then what is left.
template <typename Function>
KERAS_INLINE float sum_of(std::int64_t size, const Function& f) {
  Vec sums = {};
  float rest = 0;
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes) sums += lanes_of(i, f);
  for (; i < size; ++i) rest += f(i);
  return size < kLanes ? rest : fold_lanes(sums, [](Vec a, Vec b) { return a + b; }) + rest;
}

KERAS_INLINE float max_of(std::int64_t size, const float* x) {
  const auto larger = [](Vec a, Vec b) { return a > b ? a : b; };
  Vec maxima = broadcast(Vec{}, -__builtin_inff());
  float rest = -__builtin_inff();
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    maxima = larger(lanes_of(i, [&](std::int64_t at) { return x[at]; }), maxima);
  for (; i < size; ++i) rest = max_f32(x[i], rest);
  return size < kLanes ? rest : max_f32(fold_lanes(maxima, larger), rest);
}

/// x / y for 1 / y as it is rounded: where products are not rounded before they are added, the
/// remainder of x · (1 / y) is exact, and the outcome is the division's (Markstein, 1990).
KERAS_INLINE float divided(float x, float y, float inverse) {
#ifdef __FMA__
  const float quotient = x * inverse;
  return __builtin_fmaf(__builtin_fmaf(-quotient, y, x), inverse, quotient);
#else
  static_cast<void>(inverse);
  return x / y;
#endif
}

void softmax(std::int64_t rows, std::int64_t size, const float* x, float* y) {
  for (std::int64_t row = 0; row < rows; ++row, x += size, y += size) {
    const float maximum = max_of(size, x);
    for (std::int64_t i = 0; i < size; ++i) y[i] = exp_f32(x[i] - maximum);
    const float sum = sum_of(size, [&](std::int64_t i) { return y[i]; });
    const float inverse = 1.0f / sum;
    for (std::int64_t i = 0; i < size; ++i) y[i] = divided(y[i], sum, inverse);
  }
}

void log_softmax(std::int64_t rows, std::int64_t size, const float* x, float* y) {
  for (std::int64_t row = 0; row < rows; ++row, x += size, y += size) {
    const float maximum = max_of(size, x);
    const float sum = sum_of(size, [&](std::int64_t i) { return exp_f32(x[i] - maximum); });
    const float log_sum = __builtin_logf(sum);
    for (std::int64_t i = 0; i < size; ++i) y[i] = (x[i] - maximum) - log_sum;
  }
}

#include "keras/backend/cpu/simd/brain-inl.h"

KERAS_INLINE float read(float value) { return value; }
KERAS_INLINE void write(float value, float& to) { to = value; }
KERAS_INLINE void write(float value, Brain& to) { to = to_brain(value); }

/// Columns are summed in blocks of rows in float32, then in double: as exact as the numbers
/// themselves, and independent of how the rows are cut but for the cut at block bounds.
constexpr std::int64_t kBlockRows = 32;
/// So many columns at a time: memory is read in runs, and the sums stay in registers.
constexpr std::int64_t kTileColumns = 64;

/// Adds to `first` and `second` by column what `add(element, column, float& first, float& second)`
/// adds up over the rows; `fetch(element)` is called a block ahead, since the processor does not
/// see by itself where the tiles of the next rows lie.
template <typename Add, typename Fetch>
KERAS_INLINE void sum_columns(std::int64_t rows, std::int64_t columns, double* __restrict first,
                              double* __restrict second, const Add& add, const Fetch& fetch) {
  const auto sum_block = [&](std::int64_t row, std::int64_t end, std::int64_t tile, auto width) {
    float a[kTileColumns] = {}, b[kTileColumns] = {};
    for (std::int64_t r = row; r < end; ++r) {
      for (std::int64_t c = 0; c < width; c += kLanes) fetch((r + kBlockRows) * columns + tile + c);
      for (std::int64_t c = 0; c < width; ++c) add(r * columns + tile + c, tile + c, a[c], b[c]);
    }
    for (std::int64_t c = 0; c < width; ++c) {
      first[tile + c] += static_cast<double>(a[c]);
      second[tile + c] += static_cast<double>(b[c]);
    }
  };
  for (std::int64_t row = 0; row < rows; row += kBlockRows) {
    const std::int64_t end = row + kBlockRows < rows ? row + kBlockRows : rows;
    std::int64_t tile = 0;
    for (; tile + kTileColumns <= columns; tile += kTileColumns)
      sum_block(row, end, tile, std::integral_constant<std::int64_t, kTileColumns>{});
    for (; tile + kLanes <= columns; tile += kLanes)
      sum_block(row, end, tile, std::integral_constant<std::int64_t, kLanes>{});
    if (tile < columns) sum_block(row, end, tile, columns - tile);
  }
}

template <typename T>
void column_moments(std::int64_t rows, std::int64_t columns, const void* __restrict x_memory,
                    const float* __restrict shift, double* __restrict sum,
                    double* __restrict square_sum) {
  const T* __restrict x = static_cast<const T*>(x_memory);
  sum_columns(
      rows, columns, sum, square_sum,
      [&](std::int64_t at, std::int64_t column, float& s, float& q) {
        const float d = read(x[at]) - shift[column];
        s += d;
        q += d * d;
      },
      [&](std::int64_t at) { __builtin_prefetch(x + at, 0, 2); });
}

/// y may be x or the residual.
template <typename T, bool kAdds>
void scale_rows(std::int64_t rows, std::int64_t columns, const T* x, const float* __restrict scale,
                const float* __restrict offset, const T* residual, float least, float most, T* y) {
  for (std::int64_t row = 0; row < rows; ++row)
#pragma omp simd
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t at = row * columns + c;
      float value = read(x[at]) * scale[c] + offset[c];
      if constexpr (kAdds) value += read(residual[at]);
      // Written so that NaN stays.
      value = value < least ? least : value;
      write(value > most ? most : value, y[at]);
    }
}

template <typename T>
void scale_columns(std::int64_t rows, std::int64_t columns, const void* x, const float* scale,
                   const float* offset, const void* residual, float least, float most, void* y) {
  const auto run = residual ? scale_rows<T, true> : scale_rows<T, false>;
  run(rows, columns, static_cast<const T*>(x), scale, offset, static_cast<const T*>(residual),
      least, most, static_cast<T*>(y));
}

/// dy where the rectifier let x pass: there its outcome, in the dtype that it had, lies between the
/// bounds.
template <typename T, bool kRectified>
KERAS_INLINE float passed(T x, T dy, const float* scale, const float* offset, float most,
                          std::int64_t column) {
  const float d = read(dy);
  if constexpr (!kRectified) return d;
  T y;
  write(read(x) * scale[column] + offset[column], y);
  return read(y) > 0.0f && read(y) < most ? d : 0.0f;
}

template <typename T, bool kRectified>
void gradient_sums(std::int64_t rows, std::int64_t columns, const T* __restrict x,
                   const T* __restrict dy, const float* __restrict mean,
                   const ColumnRectifier& rectifier, double* __restrict sum,
                   double* __restrict product) {
  const float* __restrict scale = rectifier.scale, * __restrict offset = rectifier.offset;
  const float most = rectifier.most;
  sum_columns(
      rows, columns, sum, product,
      [&](std::int64_t at, std::int64_t column, float& s, float& p) {
        const float d = passed<T, kRectified>(x[at], dy[at], scale, offset, most, column);
        s += d;
        p += d * (read(x[at]) - mean[column]);
      },
      [&](std::int64_t at) {
        __builtin_prefetch(x + at, 0, 2);
        __builtin_prefetch(dy + at, 0, 2);
      });
}

template <typename T>
void column_gradient_sums(std::int64_t rows, std::int64_t columns, const void* x, const void* dy,
                          const float* mean, const ColumnRectifier& rectifier, double* sum,
                          double* product) {
  const auto run = rectifier.scale ? gradient_sums<T, true> : gradient_sums<T, false>;
  run(rows, columns, static_cast<const T*>(x), static_cast<const T*>(dy), mean, rectifier, sum,
      product);
}

/// Adds float32 sums to those in double and begins them anew.
KERAS_INLINE void add_partial_sums(std::int64_t columns, float* __restrict partial,
                                   double* __restrict sum) {
#pragma omp simd
  for (std::int64_t c = 0; c < columns; ++c) {
    sum[c] += static_cast<double>(partial[c]);
    partial[c] = 0.0f;
  }
}

/// dx may be x or dy.
template <typename T, bool kRectified, bool kSums>
void input_gradient(std::int64_t rows, std::int64_t columns, const T* x, const T* dy,
                    const float* __restrict mean, const float* __restrict a,
                    const float* __restrict b, const float* __restrict d,
                    const ColumnRectifier& rectifier, T* dx, double* sum,
                    float* __restrict partial) {
  const float* __restrict scale = rectifier.scale, * __restrict offset = rectifier.offset;
  const float most = rectifier.most;
  for (std::int64_t row = 0; row < rows; ++row, x += columns, dy += columns, dx += columns) {
#pragma omp simd
    for (std::int64_t c = 0; c < columns; ++c) {
      const float value = a[c] * passed<T, kRectified>(x[c], dy[c], scale, offset, most, c) +
                          b[c] * (read(x[c]) - mean[c]) + d[c];
      write(value, dx[c]);
      if constexpr (kSums && std::is_same_v<T, float>) partial[c] += value;
    }
    // What was rounded is read again: g++ makes no vectors of both in one loop.
    if constexpr (kSums && !std::is_same_v<T, float>) {
#pragma omp simd
      for (std::int64_t c = 0; c < columns; ++c) partial[c] += read(dx[c]);
    }
    if (kSums && (row % kBlockRows == kBlockRows - 1 || row == rows - 1))
      add_partial_sums(columns, partial, sum);
  }
}

template <typename T>
void batch_norm_input_gradient(std::int64_t rows, std::int64_t columns, const void* x,
                               const void* dy, const float* mean, const float* a, const float* b,
                               const float* d, const ColumnRectifier& rectifier, void* dx,
                               double* sum, float* partial) {
  const auto run = [&](auto function) {
    function(rows, columns, static_cast<const T*>(x), static_cast<const T*>(dy), mean, a, b, d,
             rectifier, static_cast<T*>(dx), sum, partial);
  };
  if (rectifier.scale)
    run(sum ? input_gradient<T, true, true> : input_gradient<T, true, false>);
  else
    run(sum ? input_gradient<T, false, true> : input_gradient<T, false, false>);
}

void layer_norm(std::int64_t rows, std::int64_t size, double epsilon, const float* x,
                const float* gamma, const float* beta, float* y, float* mean, float* variance) {
  const float count = static_cast<float>(size);
  for (std::int64_t row = 0; row < rows; ++row, x += size, y += size) {
    const float m = sum_of(size, [&](std::int64_t i) { return x[i]; }) / count;
    const float v = sum_of(size, [&](std::int64_t i) { return (x[i] - m) * (x[i] - m); }) / count;
    const float inverse = 1.0f / __builtin_sqrtf(v + static_cast<float>(epsilon));
    for (std::int64_t i = 0; i < size; ++i) {
      const float scale = gamma ? gamma[i] * inverse : inverse;
      y[i] = (x[i] - m) * scale + (beta ? beta[i] : 0.0f);
    }
    mean[row] = m;
    variance[row] = v;
  }
}

/// With xhat = (x - m) / sd and g = gamma dy: dx = (g - mean(g) - xhat mean(g xhat)) / sd.
template <bool kScaled>
KERAS_INLINE void layer_norm_gradient_row(std::int64_t size, float mean, float inverse,
                                          const float* __restrict x, const float* __restrict gamma,
                                          const float* __restrict dy, float* __restrict dx,
                                          float* __restrict dgamma, float* __restrict dbeta) {
  const auto g = [&](std::int64_t i) { return kScaled ? gamma[i] * dy[i] : dy[i]; };
  const auto normalized = [&](std::int64_t i) { return (x[i] - mean) * inverse; };
  const float count = static_cast<float>(size);
  const float mean_g = sum_of(size, g) / count;
  const float mean_gx = sum_of(size, [&](std::int64_t i) { return g(i) * normalized(i); }) / count;
  for (std::int64_t i = 0; i < size; ++i) {
    dgamma[i] += dy[i] * normalized(i);
    dbeta[i] += dy[i];
    dx[i] = (g(i) - mean_g - normalized(i) * mean_gx) * inverse;
  }
}

void layer_norm_gradient(std::int64_t rows, std::int64_t size, double epsilon, const float* x,
                         const float* gamma, const float* mean, const float* variance,
                         const float* dy, float* dx, float* dgamma, float* dbeta) {
  for (std::int64_t row = 0; row < rows; ++row, x += size, dy += size, dx += size) {
    const float inverse = 1.0f / __builtin_sqrtf(variance[row] + static_cast<float>(epsilon));
    if (gamma) {
      layer_norm_gradient_row<true>(size, mean[row], inverse, x, gamma, dy, dx, dgamma, dbeta);
    } else {
      layer_norm_gradient_row<false>(size, mean[row], inverse, x, gamma, dy, dx, dgamma, dbeta);
    }
  }
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
