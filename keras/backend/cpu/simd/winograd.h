#pragma once

#include <cstdint>

#include "keras/backend/cpu/simd/nn_functions.h"

namespace keras::backend::cpu {

// Convolutions of 3x3 pixels in steps of one by Winograd's algorithm F(2x2, 3x3) (Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks", 2015). A tile of 2x2 outputs sees 4x4
// inputs d; it is A'[(G g G') * (B'd B)]A for a kernel g, where * goes element by element: 16
// multiplications instead of 36. Over all tiles and channels the 16 elements are as many products
// of matrices.

inline constexpr std::int64_t kWinogradElements = 16;
/// What is transformed lies in panels of so many columns, the last of which may be narrower; in
/// each panel (element, input channel, column).
inline constexpr std::int64_t kWinogradPanel = 64;

/// How tiles cover a batch of channels-last images. Outputs and inputs outside are not there, and
/// zero.
struct WinogradGeometry {
  std::int64_t input_height = 0, input_width = 0, input_channels = 0;
  std::int64_t output_height = 0, output_width = 0, output_channels = 0;
  std::int64_t pad_top = 0, pad_left = 0;
  std::int64_t tile_rows = 0, tile_columns = 0;  ///< of an image

  std::int64_t image_tiles() const { return tile_rows * tile_columns; }
};

/// Inputs [first_input, last_input), multiples of 16, of a kernel (3, 3, inputs, outputs), made
/// ready to be multiplied by.
struct WinogradKernel {
  std::int64_t inputs = 0, outputs = 0;
  std::int64_t first_input = 0, last_input = 0;
  /// The kernel of the gradient of the inputs: it leads from outputs to inputs.
  bool backwards = false;
  const float* kernel = nullptr;
  float* transformed = nullptr;
};

/// Some tiles, and some columns from a panel's first on, of a convolution.
struct WinogradConvolution {
  WinogradGeometry geometry = {};
  std::int64_t first_tile = 0, last_tile = 0;
  std::int64_t first_column = 0, last_column = 0;
  const float* x = nullptr;
  const float* kernel = nullptr;  ///< transformed
  float* y = nullptr;
  bool pooled = false;  ///< y has the maximum of each tile
  /// Rows are pixels of the output before it is pooled.
  const ProductStep* steps = nullptr;
  int step_count = 0;
  std::int64_t block_tiles = 0;  ///< so many at a time
  float* scratch = nullptr;      ///< winograd_scratch() numbers
};

/// What some tiles add to the gradient of inputs [first_input, last_input) of the kernel, and its
/// end: the sum of such parts.
struct WinogradKernelGradient {
  WinogradGeometry geometry = {};
  std::int64_t first_tile = 0, last_tile = 0;
  std::int64_t first_input = 0, last_input = 0;
  const float* x = nullptr;
  const float* dy = nullptr;
  /// `part_count` parts of (element, input channel, output channel), of which one is written, or
  /// all are added up.
  float* parts = nullptr;
  int part_count = 0;
  float* gradient = nullptr;  ///< (3, 3, inputs, outputs)
  std::int64_t block_tiles = 0;
  float* scratch = nullptr;  ///< winograd_gradient_scratch() numbers
};

/// From element to element of `tiles` rows of transformed pixels: what keeps the 16 rows of a pixel
/// out of each other's places in the cache.
inline std::int64_t winograd_element_stride(std::int64_t tiles, std::int64_t columns) {
  return tiles * columns + 16;
}
inline std::int64_t winograd_scratch(std::int64_t block_tiles, std::int64_t input_channels) {
  return kWinogradElements * (winograd_element_stride(block_tiles, input_channels) +
                              winograd_element_stride(block_tiles, kWinogradPanel));
}
inline std::int64_t winograd_gradient_scratch(std::int64_t block_tiles, std::int64_t inputs,
                                              std::int64_t outputs) {
  return kWinogradElements * (winograd_element_stride(block_tiles, inputs) +
                              winograd_element_stride(block_tiles, outputs));
}

}  // namespace keras::backend::cpu
