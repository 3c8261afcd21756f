#include "keras/preprocessing/image/affine_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/preprocessing/image/simd/warp_kernels.h"

namespace keras::preprocessing::image {
namespace {

using simd::WarpAxis;
using simd::WarpColumns;
using simd::WarpPlane;
using Matrix3 = std::array<std::array<double, 3>, 3>;

Matrix3 product(const Matrix3& a, const Matrix3& b) {
  Matrix3 out = {};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 3; ++k) out[i][j] += a[i][k] * b[k][j];
  return out;
}

double radians(double degrees) { return degrees * (std::numbers::pi / 180); }

void check_finite(const AffineParameters& p) {
  for (const double value : {p.theta, p.tx, p.ty, p.shear, p.zx, p.zy})
    if (!std::isfinite(value))
      throw ValueError(
          str("The parameters of a transform must be finite. Received: theta=", p.theta,
              ", tx=", p.tx, ", ty=", p.ty, ", shear=", p.shear, ", zx=", p.zx, ", zy=", p.zy));
}

/// A coordinate outside [0, length - 1] as it is inside, in the arithmetic of scipy's
/// map_coordinate; reflection leaves it in (-1, length). Wrapping repeats after length - 1 pixels.
double mapped(double at, int length, FillMode mode) {
  const double last = length - 1;
  if (at >= 0 && at <= last) return at;
  if (length <= 1) return 0;
  // Farther away only rounding errors would be reflected.
  at = std::clamp(at, -1e9, 1e9);
  if (mode == FillMode::kWrap)
    return at < 0 ? at + last * (std::trunc(-at / last) + 1) : at - last * std::trunc(at / last);
  if (mode != FillMode::kReflect) return std::clamp(at, 0.0, last);
  const double period = 2.0 * length;
  if (at < 0) {
    if (at < -period) at += period * std::trunc(-at / period);
    return at < -length ? at + period : (at > -1e-15 ? 1e-15 : -at) - 1;
  }
  at -= period * std::trunc(at / period);
  return at >= length ? period - at - 1 : at;
}

struct Neighbours {
  std::ptrdiff_t first, second;
  float share;  ///< of the second
};

/// The two pixels around a coordinate in (-1, length), where reflection meets the edge.
Neighbours neighbours(double at, int length) {
  const double below = std::floor(at);
  const int first = static_cast<int>(below);
  return {std::clamp(first, 0, length - 1), std::clamp(first + 1, 0, length - 1),
          static_cast<float>(at - below)};
}

void interpolate(const WarpPlane& plane, const Neighbours& rows, const Neighbours& columns,
                 float* to) {
  const std::ptrdiff_t channels = plane.channels;
  const std::ptrdiff_t stride = plane.width * channels;
  const float* top = plane.from + rows.first * stride;
  const float* bottom = plane.from + rows.second * stride;
  const float upper = 1.0f - rows.share;
  for (std::ptrdiff_t c = 0; c < channels; ++c) {
    const std::ptrdiff_t at[] = {columns.first * channels + c, columns.second * channels + c};
    const float left = top[at[0]] * upper + bottom[at[0]] * rows.share;
    const float right = top[at[1]] * upper + bottom[at[1]] * rows.share;
    to[c] = left * (1.0f - columns.share) + right * columns.share;
  }
}

void sample_outside(const WarpPlane& plane, double y, double x, const WarpOptions& options,
                    float* to) {
  if (options.fill_mode == FillMode::kConstant) {
    std::fill_n(to, plane.channels, options.cval);
    return;
  }
  y = mapped(y, plane.height, options.fill_mode);
  x = mapped(x, plane.width, options.fill_mode);
  if (options.order == 1)
    return interpolate(plane, neighbours(y, plane.height), neighbours(x, plane.width), to);
  const auto nearest = [](double at, int length) {
    return static_cast<std::ptrdiff_t>(std::clamp(at, 0.0, length - 1.0) + 0.5);
  };
  const std::ptrdiff_t place = nearest(y, plane.height) * plane.width + nearest(x, plane.width);
  std::copy_n(plane.from + place * plane.channels, plane.channels, to);
}

/// The row as it is inside of the image; what other modes than the nearest edge put outside of it
/// comes after.
void warp_row(const WarpPlane& plane, const AffineTransform& transform, const WarpOptions& options,
              int row, float* to) {
  const simd::WarpTable& loops = simd::warp_table();
  const WarpAxis of_y{row * transform.matrix[0][0], transform.matrix[0][1], transform.offset[0]};
  const WarpAxis of_x{row * transform.matrix[1][0], transform.matrix[1][1], transform.offset[1]};
  const double last_y = plane.height - 1;
  const double last_x = plane.width - 1;
  alignas(64) double y[simd::kRun], x[simd::kRun];
  for (int begin = 0; begin < plane.width; begin += simd::kRun) {
    const int count = std::min(simd::kRun, plane.width - begin);
    const int first = options.flip_horizontal ? plane.width - 1 - begin : begin;
    const WarpColumns columns{first, options.flip_horizontal ? -1 : 1, count};
    loops.coordinates(of_y, columns, y);
    loops.coordinates(of_x, columns, x);
    (options.order == 1 ? loops.linear : loops.nearest)(plane, y, x, count, to);
    if (options.fill_mode != FillMode::kNearest)
      for (int i = 0; i < count; ++i)
        if (!(y[i] >= 0 && y[i] <= last_y && x[i] >= 0 && x[i] <= last_x))
          sample_outside(plane, y[i], x[i], options, to + std::ptrdiff_t{i} * plane.channels);
    to += std::ptrdiff_t{count} * plane.channels;
  }
}

void flip_plane(const WarpPlane& plane, const WarpOptions& options, float* result) {
  const auto a_row =
      static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.channels);
  for (int row = 0; row < plane.height; ++row) {
    const float* from = plane.from + static_cast<std::size_t>(row) * a_row;
    const int out_row = options.flip_vertical ? plane.height - 1 - row : row;
    float* to = result + static_cast<std::size_t>(out_row) * a_row;
    if (!options.flip_horizontal) {
      std::memcpy(to, from, a_row * sizeof(float));
      continue;
    }
    to += a_row;
    for (int column = 0; column < plane.width; ++column, from += plane.channels) {
      to -= plane.channels;
      std::copy_n(from, plane.channels, to);
    }
  }
}

/// Turned rows cross an image in steps that no processor foresees, so it is told to fetch the image
/// in order, this many values ahead.
constexpr std::ptrdiff_t kAhead = 1 << 15;

void fetch(const float* from, std::ptrdiff_t begin, std::ptrdiff_t end) {
  constexpr std::ptrdiff_t kLine = 16;
  for (std::ptrdiff_t i = begin; i < end; i += kLine) __builtin_prefetch(from + i, 0, 2);
}

void transform_plane(const WarpPlane& plane, const AffineTransform& transform,
                     const WarpOptions& options, float* to) {
  if (transform.identity) return flip_plane(plane, options, to);
  const std::ptrdiff_t stride = std::ptrdiff_t{plane.width} * plane.channels;
  const std::ptrdiff_t size = plane.height * stride;
  const std::ptrdiff_t ahead = std::min(size, kAhead);
  fetch(plane.from, 0, ahead);
  for (int row = 0; row < plane.height; ++row) {
    fetch(plane.from, std::min(size, row * stride + ahead),
          std::min(size, (row + 1) * stride + ahead));
    const int out_row = options.flip_vertical ? plane.height - 1 - row : row;
    warp_row(plane, transform, options, row, to + out_row * stride);
  }
}

}  // namespace

FillMode fill_mode_from_name(std::string_view name) {
  if (name == "nearest") return FillMode::kNearest;
  if (name == "constant") return FillMode::kConstant;
  if (name == "reflect") return FillMode::kReflect;
  if (name == "wrap") return FillMode::kWrap;
  throw ValueError(str(
      "`fill_mode` must be \"nearest\", \"constant\", \"reflect\" or \"wrap\". Received: ", name));
}

AffineTransform make_affine_transform(const AffineParameters& p, const ImageSize& size) {
  check_finite(p);
  AffineTransform out;
  out.identity = p.theta == 0 && p.tx == 0 && p.ty == 0 && p.shear == 0 && p.zx == 1 && p.zy == 1;
  if (out.identity) return out;
  Matrix3 matrix = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  if (p.theta != 0) {
    const double a = radians(p.theta);
    matrix = {{{std::cos(a), -std::sin(a), 0}, {std::sin(a), std::cos(a), 0}, {0, 0, 1}}};
  }
  if (p.tx != 0 || p.ty != 0) matrix = product(matrix, {{{1, 0, p.tx}, {0, 1, p.ty}, {0, 0, 1}}});
  if (p.shear != 0) {
    const double a = radians(p.shear);
    matrix = product(matrix, {{{1, -std::sin(a), 0}, {0, std::cos(a), 0}, {0, 0, 1}}});
  }
  if (p.zx != 1 || p.zy != 1) matrix = product(matrix, {{{p.zx, 0, 0}, {0, p.zy, 0}, {0, 0, 1}}});
  const double y = size.height / 2.0 - 0.5;
  const double x = size.width / 2.0 - 0.5;
  matrix = product(product({{{1, 0, y}, {0, 1, x}, {0, 0, 1}}}, matrix),
                   {{{1, 0, -y}, {0, 1, -x}, {0, 0, 1}}});
  // Keras exchanges the axes here: its matrices are written for (column, row).
  out.matrix = {{{matrix[1][1], matrix[1][0]}, {matrix[0][1], matrix[0][0]}}};
  out.offset = {matrix[1][2], matrix[0][2]};
  return out;
}

void warp_image(const float* from, float* to, const ImageSize& size,
                const AffineTransform& transform, const WarpOptions& options) {
  if (!size.channels_first)
    return transform_plane({from, size.height, size.width, size.channels}, transform, options, to);
  const std::size_t pixels =
      static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
  for (std::size_t c = 0; c < static_cast<std::size_t>(size.channels); ++c)
    transform_plane({from + c * pixels, size.height, size.width, 1}, transform, options,
                    to + c * pixels);
}

}  // namespace keras::preprocessing::image
