#pragma once

#include <cstdint>

#include "keras/backend/cpu/simd/nn_functions.h"

namespace keras::backend::cpu {

// Convolutions of 3x3 pixels in steps of one by Winograd's algorithms F(2x2, 3x3), F(3x3, 3x3) and
// F(4x4, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; what the
// choice of points costs: Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and Improving
// the Accuracy of Winograd Convolution for Deep Neural Networks", 2020). A tile of 2x2 outputs sees
// 4x4 inputs d; it is A'[(G g G') * (B'd B)]A for a kernel g, where * goes element by element: 16
// multiplications instead of 36. A tile of 3x3 outputs takes 25 instead of 81, one of 4x4 36
// instead of 144. Over all tiles and channels the elements are as many products of matrices.

/// Of tiles of so many outputs across.
constexpr std::int64_t winograd_elements(std::int64_t tile) { return (tile + 2) * (tile + 2); }
/// What is transformed lies in panels of so many columns, the last of which may be narrower; in
/// each panel (element, depth, column).
inline constexpr std::int64_t kWinogradPanel = 64;
/// The channels of a vector: threads share whole grains, and of a kernel one is transformed at a
/// time.
inline constexpr std::int64_t kWinogradGrain = 16;
/// Sums of more channels are sums of sums, which lose fewer digits. Weights of so many, and of a
/// panel, are transformed at a time.
inline constexpr std::int64_t kWinogradDepth = 64;
/// The gradient of the weights of so many inputs, and of a panel, stays in the second cache until
/// all its elements are there.
inline constexpr std::int64_t kWinogradChunk = 32;

/// How tiles cover a batch of channels-last images. Outputs and inputs outside are not there, and
/// zero.
struct WinogradGeometry {
  std::int64_t input_height = 0, input_width = 0, input_channels = 0;
  std::int64_t output_height = 0, output_width = 0, output_channels = 0;
  std::int64_t pad_top = 0, pad_left = 0;
  std::int64_t tile = 2;                         ///< outputs across a tile: 2, 3 or 4
  std::int64_t tile_rows = 0, tile_columns = 0;  ///< of an image

  std::int64_t elements() const { return winograd_elements(tile); }
  std::int64_t image_tiles() const { return tile_rows * tile_columns; }
};

/// A kernel (3, 3, inputs, outputs), or that of the gradient of its inputs, which leads back from
/// the outputs: the first one turned round.
struct WinogradTaps {
  std::int64_t inputs = 0, outputs = 0;
  bool backwards = false;
  const void* kernel = nullptr;

  std::int64_t depth() const { return backwards ? outputs : inputs; }
  std::int64_t columns() const { return backwards ? inputs : outputs; }
};

/// A kernel of which some of the depth, whole grains, is made ready to be multiplied by.
struct WinogradKernel {
  WinogradTaps taps = {};
  std::int64_t first_depth = 0, last_depth = 0;
  float* transformed = nullptr;
  float* scratch = nullptr;  ///< winograd_kernel_scratch() numbers
};

/// Some tiles, and some columns from a panel's first on, of a convolution.
struct WinogradConvolution {
  WinogradGeometry geometry = {};
  std::int64_t first_tile = 0, last_tile = 0;
  std::int64_t first_column = 0, last_column = 0;
  const void* x = nullptr;
  const float* kernel = nullptr;  ///< transformed; null where `taps` are on the way
  WinogradTaps taps = {};
  void* y = nullptr;
  bool pooled = false;  ///< y has the maximum of each 2x2 pixels; not for a tile of 3
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
  const void* x = nullptr;
  const void* dy = nullptr;
  /// `part_count` parts of winograd_part() numbers, of which one is written, or all are added up; a
  /// single one is brought to its end at once. Null where one part has all tiles in one block.
  float* parts = nullptr;
  int part_count = 0;
  void* gradient = nullptr;  ///< (3, 3, inputs, outputs)
  std::int64_t block_tiles = 0;
  float* scratch = nullptr;  ///< winograd_gradient_scratch() numbers
};

/// Transformed numbers, of inputs and of a panel of outputs, that are at work at a time, at most.
inline constexpr std::int64_t kMostWinogradNumbers = 1 << 20;
/// Whether so many tiles are: they meet the kernel once.
constexpr bool is_winograd_block(std::int64_t tiles, std::int64_t tile, std::int64_t inputs) {
  return tiles * winograd_elements(tile) * (inputs + kWinogradPanel) <= kMostWinogradNumbers;
}

// What vector code calls is always inlined: a copy that is not would have its instructions.

/// From element to element of so many rows of transformed numbers: what keeps the elements of a
/// number out of each other's places in the cache.
[[gnu::always_inline]] constexpr std::int64_t winograd_element_stride(std::int64_t rows,
                                                                      std::int64_t columns) {
  return rows * columns + 16;
}
inline std::int64_t winograd_kernel_scratch(std::int64_t tile) {
  return winograd_elements(tile) * winograd_element_stride(kWinogradGrain, kWinogradPanel);
}
inline std::int64_t winograd_scratch(const WinogradGeometry& g, std::int64_t block_tiles) {
  return g.elements() * (winograd_element_stride(block_tiles, g.input_channels) +
                         winograd_element_stride(block_tiles, kWinogradPanel));
}
/// What comes to it for taps that are transformed on the way.
inline std::int64_t winograd_taps_scratch(const WinogradGeometry& g) {
  return g.elements() * winograd_element_stride(kWinogradDepth, kWinogradPanel);
}
/// Where in a part the elements of inputs from this one on, the first of a chunk, begin. A panel
/// counts one column more: of 16 inputs and more, that is what the strides above have more.
[[gnu::always_inline]] inline std::int64_t winograd_part(const WinogradGeometry& g,
                                                         std::int64_t input) {
  const std::int64_t panels = (g.output_channels + kWinogradPanel - 1) / kWinogradPanel;
  return g.elements() * input * (g.output_channels + panels);
}
/// Where in a chunk of so many inputs the elements of columns from this one on, the first of a
/// panel, begin.
[[gnu::always_inline]] inline std::int64_t winograd_chunk(const WinogradGeometry& g,
                                                          std::int64_t inputs,
                                                          std::int64_t column) {
  return g.elements() * inputs * (column + column / kWinogradPanel);
}
/// Of so many of the input channels.
inline std::int64_t winograd_gradient_scratch(const WinogradGeometry& g, std::int64_t block_tiles,
                                              std::int64_t inputs) {
  return g.elements() * (winograd_element_stride(block_tiles, inputs) +
                         winograd_element_stride(block_tiles, g.output_channels) +
                         winograd_element_stride(kWinogradChunk, kWinogradPanel));
}

}  // namespace keras::backend::cpu
