// Included once for each instruction set, with KERAS_TARGET set. No inline function of the standard
// library may be used here: the linker would keep one of its copies for all.

#include <cstddef>
#include <cstdint>

#include "keras/preprocessing/image/simd/warp_kernels.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace keras::preprocessing::image::simd::KERAS_TARGET {
extern const WarpTable warp_table;
namespace {

#define KERAS_INLINE static inline __attribute__((always_inline))

/// Loops over coordinates go up to a multiple of this, so that none ends with single pixels.
constexpr int kWidest = 16;

KERAS_INLINE int filled_up(int count) { return (count + kWidest - 1) / kWidest * kWidest; }

KERAS_INLINE double brought_inside(double at, double last) {
  const double positive = at > 0 ? at : 0;
  return positive < last ? positive : last;
}

void coordinates(const WarpAxis& axis, const WarpColumns& columns, double* __restrict at) {
  const int count = filled_up(columns.count);
  for (int i = 0; i < count; ++i) {
    const double column = columns.first_column + columns.direction * i;
    at[i] = (axis.of_row + column * axis.step) + axis.offset;
  }
}

/// The squares of four pixels that values are taken from: where the upper left one is, and the
/// shares of the halves.
struct Squares {
  alignas(64) std::int32_t offset[kRun];
  alignas(64) float upper[kRun];
  alignas(64) float lower[kRun];
  alignas(64) float left[kRun];
  alignas(64) float right[kRun];
};

/// A coordinate on the last pixel has a share of 1 in the second one, so that there always is one.
KERAS_INLINE void find_squares(const WarpPlane& plane, const double* __restrict y,
                               const double* __restrict x, int count, Squares& squares) {
  const int last_y = plane.height > 1 ? plane.height - 2 : 0;
  const int last_x = plane.width > 1 ? plane.width - 2 : 0;
  count = filled_up(count);
  for (int i = 0; i < count; ++i) {
    const double row = brought_inside(y[i], plane.height - 1);
    const double column = brought_inside(x[i], plane.width - 1);
    int first_row = static_cast<int>(row);
    int first_column = static_cast<int>(column);
    first_row = first_row < last_y ? first_row : last_y;
    first_column = first_column < last_x ? first_column : last_x;
    squares.offset[i] = first_row * plane.width + first_column;
    squares.lower[i] = static_cast<float>(row - first_row);
    squares.upper[i] = 1.0f - squares.lower[i];
    squares.right[i] = static_cast<float>(column - first_column);
    squares.left[i] = 1.0f - squares.right[i];
  }
}

template <int C>
KERAS_INLINE void linear_pixel(const WarpPlane& plane, const Squares& squares, int i, float* to) {
  const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
  const std::ptrdiff_t next = plane.width > 1 ? channels : 0;
  const std::ptrdiff_t below = plane.height > 1 ? plane.width * channels : 0;
  const float* from = plane.from + squares.offset[i] * channels;
  for (std::ptrdiff_t c = 0; c < channels; ++c) {
    const float left = from[c] * squares.upper[i] + from[below + c] * squares.lower[i];
    const float right =
        from[next + c] * squares.upper[i] + from[below + next + c] * squares.lower[i];
    to[c] = left * squares.left[i] + right * squares.right[i];
  }
}

template <int C>
void linear_pixels(const WarpPlane& plane, const Squares& squares, int begin, int count,
                   float* to) {
  const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
  for (int i = begin; i < count; ++i) linear_pixel<C>(plane, squares, i, to + i * channels);
}

#ifdef __AVX2__
/// Two pairs of neighbours in a row, which may lie anywhere.
KERAS_INLINE __m128 two_pairs(const float* first, const float* second) {
  double low, high;
  __builtin_memcpy(&low, first, sizeof low);
  __builtin_memcpy(&high, second, sizeof high);
  return _mm_castpd_ps(_mm_set_pd(high, low));
}

KERAS_INLINE __m256 four_pairs(const float* from, const std::int32_t* offset) {
  return _mm256_set_m128(two_pairs(from + offset[2], from + offset[3]),
                         two_pairs(from + offset[0], from + offset[1]));
}

/// Each of four numbers twice.
KERAS_INLINE __m256 doubled(const float* shares) {
  const __m256 four = _mm256_castps128_ps256(_mm_load_ps(shares));
  return _mm256_permutevar8x32_ps(four, _mm256_set_epi32(3, 3, 2, 2, 1, 1, 0, 0));
}

/// Four pixels of one channel: both columns of each square lie side by side.
KERAS_INLINE void linear_four(const WarpPlane& plane, const Squares& squares, int i, float* to) {
  const std::ptrdiff_t below = plane.height > 1 ? plane.width : 0;
  const std::int32_t* offset = squares.offset + i;
  const __m256 columns = _mm256_add_ps(
      _mm256_mul_ps(four_pairs(plane.from, offset), doubled(squares.upper + i)),
      _mm256_mul_ps(four_pairs(plane.from + below, offset), doubled(squares.lower + i)));
  const __m128 low = _mm256_castps256_ps128(columns);
  const __m128 high = _mm256_extractf128_ps(columns, 1);
  const __m128 left = _mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0));
  const __m128 right = _mm_shuffle_ps(low, high, _MM_SHUFFLE(3, 1, 3, 1));
  _mm_storeu_ps(to, _mm_add_ps(_mm_mul_ps(left, _mm_load_ps(squares.left + i)),
                               _mm_mul_ps(right, _mm_load_ps(squares.right + i))));
}

/// A pixel of three or four channels: the columns of the square one behind the other.
template <int C>
KERAS_INLINE __m128 linear_wide(const WarpPlane& plane, const Squares& squares, int i) {
  const float* from = plane.from + std::ptrdiff_t{squares.offset[i]} * C;
  const float* under = from + (plane.height > 1 ? std::ptrdiff_t{plane.width} * C : 0);
  const __m256i used = _mm256_set_epi32(C == 4 ? -1 : 0, C == 4 ? -1 : 0, -1, -1, -1, -1, -1, -1);
  const __m256 above = C == 4 ? _mm256_loadu_ps(from) : _mm256_maskload_ps(from, used);
  const __m256 below = C == 4 ? _mm256_loadu_ps(under) : _mm256_maskload_ps(under, used);
  const __m256 columns =
      _mm256_add_ps(_mm256_mul_ps(above, _mm256_broadcast_ss(squares.upper + i)),
                    _mm256_mul_ps(below, _mm256_broadcast_ss(squares.lower + i)));
  const __m128 left = _mm256_castps256_ps128(columns);
  const __m128 right = C == 4 ? _mm256_extractf128_ps(columns, 1)
                              : _mm256_castps256_ps128(_mm256_permutevar8x32_ps(
                                    columns, _mm256_set_epi32(7, 6, 5, 4, 6, 5, 4, 3)));
  return _mm_add_ps(_mm_mul_ps(left, _mm_broadcast_ss(squares.left + i)),
                    _mm_mul_ps(right, _mm_broadcast_ss(squares.right + i)));
}

template <>
void linear_pixels<1>(const WarpPlane& plane, const Squares& squares, int begin, int count,
                      float* to) {
  int i = begin;
  if (plane.width > 1)
    for (; i + 4 <= count; i += 4) linear_four(plane, squares, i, to + i);
  for (; i < count; ++i) linear_pixel<1>(plane, squares, i, to + i);
}

template <>
void linear_pixels<3>(const WarpPlane& plane, const Squares& squares, int begin, int count,
                      float* to) {
  int i = begin;
  // A store of four values is right but before the last pixel.
  if (plane.width > 1)
    for (; i + 1 < count; ++i) _mm_storeu_ps(to + 3 * i, linear_wide<3>(plane, squares, i));
  for (; i < count; ++i) linear_pixel<3>(plane, squares, i, to + 3 * i);
}

template <>
void linear_pixels<4>(const WarpPlane& plane, const Squares& squares, int begin, int count,
                      float* to) {
  int i = begin;
  if (plane.width > 1)
    for (; i < count; ++i) _mm_storeu_ps(to + 4 * i, linear_wide<4>(plane, squares, i));
  for (; i < count; ++i) linear_pixel<4>(plane, squares, i, to + 4 * i);
}
#endif

void linear(const WarpPlane& plane, const double* y, const double* x, int count, float* to) {
  Squares squares;
  find_squares(plane, y, x, count, squares);
  if (plane.channels == 1) return linear_pixels<1>(plane, squares, 0, count, to);
  if (plane.channels == 3) return linear_pixels<3>(plane, squares, 0, count, to);
  if (plane.channels == 4) return linear_pixels<4>(plane, squares, 0, count, to);
  linear_pixels<0>(plane, squares, 0, count, to);
}

template <int C>
KERAS_INLINE void copy_pixels(const WarpPlane& plane, const std::int32_t* offset, int count,
                              float* to) {
  const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
  for (int i = 0; i < count; ++i) {
    const float* from = plane.from + offset[i] * channels;
    for (std::ptrdiff_t c = 0; c < channels; ++c) to[i * channels + c] = from[c];
  }
}

void nearest(const WarpPlane& plane, const double* y, const double* x, int count, float* to) {
  alignas(64) std::int32_t offset[kRun];
  const int filled = filled_up(count);
  for (int i = 0; i < filled; ++i) {
    const int row = static_cast<int>(brought_inside(y[i], plane.height - 1) + 0.5);
    const int column = static_cast<int>(brought_inside(x[i], plane.width - 1) + 0.5);
    offset[i] = row * plane.width + column;
  }
  if (plane.channels == 1) return copy_pixels<1>(plane, offset, count, to);
  if (plane.channels == 3) return copy_pixels<3>(plane, offset, count, to);
  copy_pixels<0>(plane, offset, count, to);
}

void multiply(float* values, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; ++i) values[i] *= factor;
}

}  // namespace

const WarpTable warp_table = {coordinates, linear, nearest, multiply};

}  // namespace keras::preprocessing::image::simd::KERAS_TARGET
