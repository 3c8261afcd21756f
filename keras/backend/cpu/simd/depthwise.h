#pragma once

#include <cstdint>

namespace keras::backend::cpu {

/// A depthwise convolution of 3x3 pixels, in steps of one or two both ways, of channels-last
/// images; a kernel is (9, channels).
struct DepthwiseGeometry {
  std::int64_t input_height, input_width, output_height, output_width, channels;
  std::int64_t pad_top, pad_left, stride;
};

/// Some rows of the output and some channels of one image; the pointers to x and y lead to the
/// first of these channels, the others to the first of all.
struct DepthwiseConvolution {
  DepthwiseGeometry geometry;
  std::int64_t first_row, end_row;
  std::int64_t first_channel, end_channel;  ///< multiples of 16
  const float* x;
  const float* kernel;
  bool mirrored;  ///< the kernel's pixels from the last one on
  float* y;
  /// y = (sum + bias) * scale + offset, brought to [least, most]; null for zeros and ones.
  bool finishes = false;
  const float* bias = nullptr;
  const float* scale = nullptr;
  const float* offset = nullptr;
  float least = 0, most = 0;
};

/// Some rows of dx and some channels of one image, for steps of two.
struct DepthwiseInputGradient {
  DepthwiseGeometry geometry;
  std::int64_t first_row, end_row;
  std::int64_t first_channel, end_channel;
  const float* dy;
  const float* kernel;
  float* dx;
};

/// Adds one image's share to the kernel's gradient.
struct DepthwiseKernelGradient {
  DepthwiseGeometry geometry;
  const float* x;
  const float* dy;
  float* sums;
};

}  // namespace keras::backend::cpu
