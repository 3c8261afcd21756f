#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "keras/engine/tensor/tensor.h"

// Functions of keras.ops.nn that take images apart into blocks, and put them together.
namespace keras::ops {

struct BlockOptions {
  std::string data_format = "channels_last";
};
/// (N, H, W, C) → (N, H·b, W·b, C/b²): channels become blocks of b × b pixels. Throws ValueError
/// unless b² divides C. Keras: keras.ops.depth_to_space.
Tensor depth_to_space(const Tensor& x, std::int64_t block_size, BlockOptions options = {});
/// The inverse. Throws ValueError unless b divides H and W. Keras: keras.ops.space_to_depth.
Tensor space_to_depth(const Tensor& x, std::int64_t block_size, BlockOptions options = {});

/// One number for height and width, or one for each.
class PixelPair {
 public:
  PixelPair(std::int64_t both) : values_{both, both} {}
  PixelPair(std::int64_t height, std::int64_t width) : values_{height, width} {}
  std::int64_t operator[](std::size_t i) const { return values_[i]; }

 private:
  std::array<std::int64_t, 2> values_;
};
struct UnfoldOptions {
  PixelPair dilation = 1;
  PixelPair padding = 0;
  PixelPair stride = 1;
};
/// The blocks of images (N, C, H, W) as columns: (N, C·kH·kW, blocks). Keras: keras.ops.unfold.
Tensor unfold(const Tensor& x, PixelPair kernel_size, UnfoldOptions options = {});
/// The sum of such columns at their places in (N, C, H, W). Throws ShapeError unless there are as
/// many as such images have. Keras: keras.ops.fold.
Tensor fold(const Tensor& x, PixelPair output_size, PixelPair kernel_size,
            UnfoldOptions options = {});

/// The peak signal-to-noise ratio of two images in decibels. Keras: keras.ops.psnr.
Tensor psnr(const Tensor& x1, const Tensor& x2, double max_val);

}  // namespace keras::ops
