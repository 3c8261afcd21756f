// Softmax, batch and layer normalization of rows; see vector_math-inl.h about being included by
// targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

KERAS_INLINE float add_lanes(const float* lanes) {
  float sum = 0;
  for (std::int64_t lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
  return sum;
}

/// The sum of f(i) for i in [0, size), over lanes.
template <typename Function>
KERAS_INLINE float sum_of(std::int64_t size, const Function& f) {
  float lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += f(i + lane);
  for (; i < size; ++i) lanes[i % kLanes] += f(i);
  return add_lanes(lanes);
}

KERAS_INLINE float max_of(std::int64_t size, const float* x) {
  float lanes[kLanes];
  for (float& lane : lanes) lane = -__builtin_inff();
  std::int64_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (std::int64_t lane = 0; lane < kLanes; ++lane)
      lanes[lane] = max_f32(x[i + lane], lanes[lane]);
  for (; i < size; ++i) lanes[i % kLanes] = max_f32(x[i], lanes[i % kLanes]);
  float maximum = lanes[0];
  for (std::int64_t lane = 1; lane < kLanes; ++lane) maximum = max_f32(lanes[lane], maximum);
  return maximum;
}

void softmax(std::int64_t rows, std::int64_t size, const float* x, float* y) {
  for (std::int64_t row = 0; row < rows; ++row, x += size, y += size) {
    const float maximum = max_of(size, x);
    for (std::int64_t i = 0; i < size; ++i) y[i] = exp_f32(x[i] - maximum);
    const float sum = sum_of(size, [&](std::int64_t i) { return y[i]; });
    for (std::int64_t i = 0; i < size; ++i) y[i] /= sum;
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

/// Columns are summed in blocks of rows that fit in registers, then in double: as exact as the
/// numbers themselves, and independent of how the rows are cut but for the cut at block bounds.
constexpr std::int64_t kBlockRows = 32;

template <typename T>
void column_moments(std::int64_t rows, std::int64_t columns, const void* __restrict x_memory,
                    const float* __restrict shift, double* __restrict sum,
                    double* __restrict square_sum) {
  const T* x = static_cast<const T*>(x_memory);
  for (std::int64_t column = 0; column < columns; column += kLanes) {
    const std::int64_t width = columns - column < kLanes ? columns - column : kLanes;
    for (std::int64_t row = 0; row < rows; row += kBlockRows) {
      const std::int64_t end = row + kBlockRows < rows ? row + kBlockRows : rows;
      float s[kLanes] = {}, q[kLanes] = {};
      if (width == kLanes) {
        for (std::int64_t r = row; r < end; ++r)
          for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const float d = read(x[r * columns + column + lane]) - shift[column + lane];
            s[lane] += d;
            q[lane] += d * d;
          }
      } else {
        for (std::int64_t r = row; r < end; ++r)
          for (std::int64_t lane = 0; lane < width; ++lane) {
            const float d = read(x[r * columns + column + lane]) - shift[column + lane];
            s[lane] += d;
            q[lane] += d * d;
          }
      }
      for (std::int64_t lane = 0; lane < width; ++lane) {
        sum[column + lane] += static_cast<double>(s[lane]);
        square_sum[column + lane] += static_cast<double>(q[lane]);
      }
    }
  }
}

template <typename T>
void scale_columns(std::int64_t rows, std::int64_t columns, const void* __restrict x_memory,
                   const float* __restrict scale, const float* __restrict offset,
                   void* __restrict y_memory) {
  const T* x = static_cast<const T*>(x_memory);
  T* y = static_cast<T*>(y_memory);
  for (std::int64_t row = 0; row < rows; ++row, x += columns, y += columns)
    for (std::int64_t c = 0; c < columns; ++c) write(read(x[c]) * scale[c] + offset[c], y[c]);
}

template <typename T>
void column_gradient_sums(std::int64_t rows, std::int64_t columns, const void* __restrict x_memory,
                          const void* __restrict dy_memory, const float* __restrict mean,
                          double* __restrict sum, double* __restrict product) {
  const T* x = static_cast<const T*>(x_memory);
  const T* dy = static_cast<const T*>(dy_memory);
  for (std::int64_t column = 0; column < columns; column += kLanes) {
    const std::int64_t width = columns - column < kLanes ? columns - column : kLanes;
    for (std::int64_t row = 0; row < rows; row += kBlockRows) {
      const std::int64_t end = row + kBlockRows < rows ? row + kBlockRows : rows;
      float s[kLanes] = {}, p[kLanes] = {};
      if (width == kLanes) {
        for (std::int64_t r = row; r < end; ++r)
          for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const std::int64_t at = r * columns + column + lane;
            s[lane] += read(dy[at]);
            p[lane] += read(dy[at]) * (read(x[at]) - mean[column + lane]);
          }
      } else {
        for (std::int64_t r = row; r < end; ++r)
          for (std::int64_t lane = 0; lane < width; ++lane) {
            const std::int64_t at = r * columns + column + lane;
            s[lane] += read(dy[at]);
            p[lane] += read(dy[at]) * (read(x[at]) - mean[column + lane]);
          }
      }
      for (std::int64_t lane = 0; lane < width; ++lane) {
        sum[column + lane] += static_cast<double>(s[lane]);
        product[column + lane] += static_cast<double>(p[lane]);
      }
    }
  }
}

template <typename T>
void batch_norm_input_gradient(std::int64_t rows, std::int64_t columns,
                               const void* __restrict x_memory, const void* __restrict dy_memory,
                               const float* __restrict mean, const float* __restrict a,
                               const float* __restrict b, const float* __restrict d,
                               void* __restrict dx_memory) {
  const T* x = static_cast<const T*>(x_memory);
  const T* dy = static_cast<const T*>(dy_memory);
  T* dx = static_cast<T*>(dx_memory);
  for (std::int64_t row = 0; row < rows; ++row, x += columns, dy += columns, dx += columns)
    for (std::int64_t c = 0; c < columns; ++c)
      write(a[c] * read(dy[c]) + b[c] * (read(x[c]) - mean[c]) + d[c], dx[c]);
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
void layer_norm_gradient(std::int64_t rows, std::int64_t size, double epsilon, const float* x,
                         const float* gamma, const float* mean, const float* variance,
                         const float* dy, float* dx, float* dgamma, float* dbeta) {
  const float count = static_cast<float>(size);
  for (std::int64_t row = 0; row < rows; ++row, x += size, dy += size, dx += size) {
    const float m = mean[row];
    const float inverse = 1.0f / __builtin_sqrtf(variance[row] + static_cast<float>(epsilon));
    const auto g = [&](std::int64_t i) { return gamma ? gamma[i] * dy[i] : dy[i]; };
    const float mean_g = sum_of(size, g) / count;
    const float mean_gx =
        sum_of(size, [&](std::int64_t i) { return g(i) * ((x[i] - m) * inverse); }) / count;
    for (std::int64_t i = 0; i < size; ++i) {
      const float normalized = (x[i] - m) * inverse;
      dgamma[i] += dy[i] * normalized;
      dbeta[i] += dy[i];
      dx[i] = (g(i) - mean_g - normalized * mean_gx) * inverse;
    }
  }
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
