// Pooling of one channels-last image; see vector_math-inl.h about being included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

/// The part of a window that lies on the input, along one axis.
struct Range {
  std::int64_t first, last;
};

KERAS_INLINE Range window_range(const PoolGeometry& pool, int axis, std::int64_t output) {
  const std::int64_t begin = output * pool.strides[axis] - pool.pad_low[axis];
  const std::int64_t end = begin + pool.window[axis];
  return {begin < 0 ? 0 : begin, end > pool.input[axis] ? pool.input[axis] : end};
}

/// Calls visit(index of the output row, three ranges) for every window.
template <typename Visit>
KERAS_INLINE void for_each_window(const PoolGeometry& pool, const Visit& visit) {
  std::int64_t index = 0;
  for (std::int64_t i = 0; i < pool.output[0]; ++i)
    for (std::int64_t j = 0; j < pool.output[1]; ++j)
      for (std::int64_t k = 0; k < pool.output[2]; ++k, ++index)
        visit(index, window_range(pool, 0, i), window_range(pool, 1, j), window_range(pool, 2, k));
}

/// Calls visit(index of the input row) for every element of a window, in row-major order.
template <typename Visit>
KERAS_INLINE void for_each_element(const PoolGeometry& pool, Range a, Range b, Range c,
                                   const Visit& visit) {
  for (std::int64_t i = a.first; i < a.last; ++i)
    for (std::int64_t j = b.first; j < b.last; ++j)
      for (std::int64_t k = c.first; k < c.last; ++k)
        visit((i * pool.input[1] + j) * pool.input[2] + k);
}

KERAS_INLINE float window_size(Range a, Range b, Range c) {
  return static_cast<float>((a.last - a.first) * (b.last - b.first) * (c.last - c.first));
}

/// The larger one; a NaN wins, as it does in Keras.
KERAS_INLINE float pooled_max(float x, float y) { return (x > y || x != x) ? x : y; }

KERAS_INLINE void window_maximum(const PoolGeometry& pool, Range a, Range b, Range c,
                                 const float* __restrict x, float* __restrict y) {
  const std::int64_t channels = pool.channels;
  for (std::int64_t n = 0; n < channels; ++n) y[n] = -__builtin_inff();
  for_each_element(pool, a, b, c, [&](std::int64_t element) {
    const float* row = x + element * channels;
    for (std::int64_t n = 0; n < channels; ++n) y[n] = pooled_max(row[n], y[n]);
  });
}

void max_pool(const PoolGeometry& pool, const float* x, float* y) {
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    window_maximum(pool, a, b, c, x, y + index * pool.channels);
  });
}

void average_pool(const PoolGeometry& pool, const float* __restrict x, float* __restrict y) {
  const std::int64_t channels = pool.channels;
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    float* out = y + index * channels;
    for (std::int64_t n = 0; n < channels; ++n) out[n] = 0;
    for_each_element(pool, a, b, c, [&](std::int64_t element) {
      const float* row = x + element * channels;
      for (std::int64_t n = 0; n < channels; ++n) out[n] += row[n];
    });
    const float size = window_size(a, b, c);
    for (std::int64_t n = 0; n < channels; ++n) out[n] /= size;
  });
}

KERAS_INLINE void clear_input(const PoolGeometry& pool, float* dx) {
  const std::int64_t size = pool.input[0] * pool.input[1] * pool.input[2] * pool.channels;
  std::memset(dx, 0, static_cast<std::size_t>(size) * sizeof(float));
}

/// `rest` is what of dy has not been given to a maximum yet: the first one takes it all.
void max_pool_gradient(const PoolGeometry& pool, const float* __restrict x,
                       const float* __restrict dy, float* __restrict dx,
                       float* __restrict scratch) {
  const std::int64_t channels = pool.channels;
  float* __restrict maximum = scratch;
  float* __restrict rest = scratch + channels;
  clear_input(pool, dx);
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    window_maximum(pool, a, b, c, x, maximum);
    for (std::int64_t n = 0; n < channels; ++n) rest[n] = dy[index * channels + n];
    for_each_element(pool, a, b, c, [&](std::int64_t element) {
      const float* __restrict row = x + element * channels;
      float* __restrict target = dx + element * channels;
      for (std::int64_t n = 0; n < channels; ++n) {
        const bool hit = row[n] == maximum[n] || row[n] != row[n];
        target[n] += hit ? rest[n] : 0.0f;
        rest[n] = hit ? 0.0f : rest[n];
      }
    });
  });
}

void average_pool_gradient(const PoolGeometry& pool, const float* __restrict dy,
                           float* __restrict dx) {
  const std::int64_t channels = pool.channels;
  clear_input(pool, dx);
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    const float* __restrict from = dy + index * channels;
    const float size = window_size(a, b, c);
    for_each_element(pool, a, b, c, [&](std::int64_t element) {
      float* __restrict target = dx + element * channels;
      for (std::int64_t n = 0; n < channels; ++n) target[n] += from[n] / size;
    });
  });
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
