#include "keras/preprocessing/image/affine_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::preprocessing::image {
namespace {

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

/// An image whose pixels have their channels side by side.
struct Plane {
  const float* from;
  float* to;
  int height;
  int width;
  int channels;
};

struct Neighbours {
  std::ptrdiff_t first, second;
  float share;  ///< of the second
};

/// The two pixels around a coordinate in [0, length - 1]. Not floor: without SSE 4.1 that is a
/// call.
inline Neighbours neighbours_inside(double at, int length) {
  const int first = static_cast<int>(at);
  return {first, first + (first < length - 1), static_cast<float>(at - first)};
}

/// The same for a coordinate in (-1, length), where reflection meets the edge.
inline Neighbours neighbours(double at, int length) {
  const double below = std::floor(at);
  const int first = static_cast<int>(below);
  return {std::clamp(first, 0, length - 1), std::clamp(first + 1, 0, length - 1),
          static_cast<float>(at - below)};
}

template <int C>
inline void interpolate(const Plane& plane, const Neighbours& rows, const Neighbours& columns,
                        float* __restrict to) {
  const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
  const std::ptrdiff_t stride = plane.width * channels;
  const float* top = plane.from + rows.first * stride;
  const float* bottom = plane.from + rows.second * stride;
  const std::ptrdiff_t left = columns.first * channels;
  const std::ptrdiff_t right = columns.second * channels;
  for (std::ptrdiff_t c = 0; c < channels; ++c) {
    const float above = top[left + c] + columns.share * (top[right + c] - top[left + c]);
    const float below = bottom[left + c] + columns.share * (bottom[right + c] - bottom[left + c]);
    to[c] = above + rows.share * (below - above);
  }
}

template <int C, int Order>
inline void sample_inside(const Plane& plane, double y, double x, float* to) {
  if constexpr (Order == 1) {
    interpolate<C>(plane, neighbours_inside(y, plane.height), neighbours_inside(x, plane.width),
                   to);
  } else {
    const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
    const auto row = static_cast<std::ptrdiff_t>(y + 0.5);
    const auto column = static_cast<std::ptrdiff_t>(x + 0.5);
    const float* from = plane.from + (row * plane.width + column) * channels;
    for (std::ptrdiff_t c = 0; c < channels; ++c) to[c] = from[c];
  }
}

template <int C, int Order>
void sample_outside(const Plane& plane, double y, double x, const WarpOptions& options, float* to) {
  if (options.fill_mode == FillMode::kConstant) {
    std::fill_n(to, plane.channels, options.cval);
    return;
  }
  y = mapped(y, plane.height, options.fill_mode);
  x = mapped(x, plane.width, options.fill_mode);
  if constexpr (Order == 1)
    return interpolate<C>(plane, neighbours(y, plane.height), neighbours(x, plane.width), to);
  sample_inside<C, 0>(plane, std::clamp(y, 0.0, plane.height - 1.0),
                      std::clamp(x, 0.0, plane.width - 1.0), to);
}

/// Coordinates of a run of columns first, in loops without branches; then the pixels.
constexpr int kRun = 64;

struct Coordinates {
  double y[kRun], x[kRun];
};

void fill_coordinates(Coordinates& at, const AffineTransform& t, int row, int column, int count) {
  const double y_of_row = row * t.matrix[0][0];
  const double x_of_row = row * t.matrix[1][0];
  for (int i = 0; i < count; ++i) {
    const double c = column + i;
    at.y[i] = (y_of_row + c * t.matrix[0][1]) + t.offset[0];
    at.x[i] = (x_of_row + c * t.matrix[1][1]) + t.offset[1];
  }
}

template <int C, int Order>
void warp_row(const Plane& plane, const AffineTransform& transform, const WarpOptions& options,
              int row) {
  const std::ptrdiff_t channels = C == 0 ? plane.channels : C;
  const std::ptrdiff_t step = options.flip_horizontal ? -channels : channels;
  const int out_row = options.flip_vertical ? plane.height - 1 - row : row;
  float* to = plane.to + out_row * plane.width * channels;
  if (options.flip_horizontal) to += (plane.width - 1) * channels;
  const double last_y = plane.height - 1;
  const double last_x = plane.width - 1;
  Coordinates at;
  for (int column = 0; column < plane.width; column += kRun) {
    const int count = std::min(kRun, plane.width - column);
    fill_coordinates(at, transform, row, column, count);
    if (options.fill_mode == FillMode::kNearest)
      for (int i = 0; i < count; ++i) {
        at.y[i] = std::min(std::max(at.y[i], 0.0), last_y);
        at.x[i] = std::min(std::max(at.x[i], 0.0), last_x);
      }
    for (int i = 0; i < count; ++i, to += step) {
      const double y = at.y[i];
      const double x = at.x[i];
      if (y >= 0 && y <= last_y && x >= 0 && x <= last_x) {
        sample_inside<C, Order>(plane, y, x, to);
      } else {
        sample_outside<C, Order>(plane, y, x, options, to);
      }
    }
  }
}

template <int C>
void warp_plane(const Plane& plane, const AffineTransform& transform, const WarpOptions& options) {
  for (int row = 0; row < plane.height; ++row)
    if (options.order == 0) {
      warp_row<C, 0>(plane, transform, options, row);
    } else {
      warp_row<C, 1>(plane, transform, options, row);
    }
}

void flip_plane(const Plane& plane, const WarpOptions& options) {
  const auto a_row =
      static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.channels);
  for (int row = 0; row < plane.height; ++row) {
    const float* from = plane.from + static_cast<std::size_t>(row) * a_row;
    const int out_row = options.flip_vertical ? plane.height - 1 - row : row;
    float* to = plane.to + static_cast<std::size_t>(out_row) * a_row;
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

void transform_plane(const Plane& plane, const AffineTransform& transform,
                     const WarpOptions& options) {
  if (transform.identity) return flip_plane(plane, options);
  if (plane.channels == 1) return warp_plane<1>(plane, transform, options);
  if (plane.channels == 3) return warp_plane<3>(plane, transform, options);
  if (plane.channels == 4) return warp_plane<4>(plane, transform, options);
  warp_plane<0>(plane, transform, options);
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
    return transform_plane({from, to, size.height, size.width, size.channels}, transform, options);
  const std::size_t pixels =
      static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
  for (std::size_t c = 0; c < static_cast<std::size_t>(size.channels); ++c)
    transform_plane({from + c * pixels, to + c * pixels, size.height, size.width, 1}, transform,
                    options);
}

}  // namespace keras::preprocessing::image
