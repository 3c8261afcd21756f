#pragma once

#include <cstddef>
#include <vector>

namespace keras::preprocessing::image::simd {

/// How many pixels of a row are taken at once; buffers of coordinates have this length.
constexpr int kRun = 64;

/// An image whose pixels have their channels side by side.
struct WarpPlane {
  const float* from;
  int height;
  int width;
  int channels;
};

/// Where the pixels of a row come from along one axis: (of_row + column · step) + offset.
struct WarpAxis {
  double of_row;
  double step;
  double offset;
};

/// The columns first_column, first_column + direction, … of a row.
struct WarpColumns {
  int first_column;
  int direction;
  int count;
};

/// The loops of a warp. Each gives the same bits for every instruction set: none fuses a product
/// with a sum.
struct WarpTable {
  /// The coordinates of `count` pixels, filled up to a multiple of 16.
  void (*coordinates)(const WarpAxis& axis, const WarpColumns& columns, double* at);
  /// The pixels at coordinates, which are first brought into the image, by linear interpolation.
  void (*linear)(const WarpPlane& plane, const double* y, const double* x, int count, float* to);
  /// The same with the nearest pixels.
  void (*nearest)(const WarpPlane& plane, const double* y, const double* x, int count, float* to);
  void (*multiply)(float* values, std::size_t count, float factor);
};

/// The loops that this processor can run, widest last.
const std::vector<const WarpTable*>& available_warp_tables();
/// The widest of them.
const WarpTable& warp_table();

}  // namespace keras::preprocessing::image::simd
