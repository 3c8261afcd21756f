#include "keras/ops/blocks.h"

#include <cmath>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check_rank(const char* where, const Tensor& x, int rank) {
  if (x.rank() != rank)
    throw ShapeError(
        str("`", where, "` requires a ", rank, "D input tensor. Received: x.shape=", x.shape()));
}

bool channels_first(const std::string& data_format) {
  if (data_format != "channels_first" && data_format != "channels_last")
    throw ValueError(
        str("The `data_format` argument must be one of {'channels_first', "
            "'channels_last'}. Received: ",
            data_format));
  return data_format == "channels_first";
}

void check_block_size(const char* where, std::int64_t size) {
  if (size < 1)
    throw ValueError(str(where, ": `block_size` must be positive. Received: block_size=", size));
}

Tensor depth_to_space_of(const Tensor& x, std::int64_t b, bool first) {
  check_rank("depth_to_space", x, 4);
  const Shape& in = x.shape();
  const std::int64_t channels = in[first ? 1 : 3];
  if (channels % (b * b) != 0)
    throw ValueError(str("The number of channels (", channels,
                         ") must be divisible by block_size**2 (", b * b, ")."));
  const std::int64_t rest = channels / (b * b);
  if (first) {
    const Tensor blocks = transpose(reshape(x, {in[0], rest, b, b, in[2], in[3]}),
                                    {.axes = std::vector<int>{0, 1, 4, 2, 5, 3}});
    return reshape(blocks, {in[0], rest, in[2] * b, in[3] * b});
  }
  const Tensor blocks = transpose(reshape(x, {in[0], in[1], in[2], b, b, rest}),
                                  {.axes = std::vector<int>{0, 1, 3, 2, 4, 5}});
  return reshape(blocks, {in[0], in[1] * b, in[2] * b, rest});
}

Tensor space_to_depth_of(const Tensor& x, std::int64_t b, bool first) {
  check_rank("space_to_depth", x, 4);
  const Shape& in = x.shape();
  const std::int64_t height = in[first ? 2 : 1], width = in[first ? 3 : 2];
  if (height % b != 0 || width % b != 0)
    throw ValueError(str("Height (", height, ") and width (", width,
                         ") must be divisible by block_size (", b, ")."));
  const std::int64_t channels = in[first ? 1 : 3] * b * b;
  if (first) {
    const Tensor blocks = transpose(reshape(x, {in[0], in[1], height / b, b, width / b, b}),
                                    {.axes = std::vector<int>{0, 1, 3, 5, 2, 4}});
    return reshape(blocks, {in[0], channels, height / b, width / b});
  }
  const Tensor blocks = transpose(reshape(x, {in[0], height / b, b, width / b, b, in[3]}),
                                  {.axes = std::vector<int>{0, 1, 3, 2, 4, 5}});
  return reshape(blocks, {in[0], height / b, width / b, channels});
}

/// Where the blocks of one axis lie.
struct Blocks {
  std::int64_t kernel, dilation, padding, stride, count;
};

Blocks blocks_along(const char* where, std::int64_t size, PixelPair kernel, const UnfoldOptions& o,
                    std::size_t axis) {
  const Blocks b{kernel[axis], o.dilation[axis], o.padding[axis], o.stride[axis], 0};
  if (b.kernel < 1 || b.dilation < 1 || b.padding < 0 || b.stride < 1)
    throw ValueError(str(where, ": kernel_size, dilation and stride must be positive and padding ",
                         "not negative, received ", b.kernel, ", ", b.dilation, ", ", b.stride,
                         " and ", b.padding, "."));
  const std::int64_t room = size + 2 * b.padding - b.dilation * (b.kernel - 1) - 1;
  if (room < 0)
    throw ShapeError(
        str(where, ": a block of ", b.kernel, " pixels does not fit into ", size, "."));
  return {b.kernel, b.dilation, b.padding, b.stride, room / b.stride + 1};
}

/// For each element of a column of blocks, its place in a flattened padded image: (kH·kW, blocks).
Tensor places(const Blocks& rows, const Blocks& columns, std::int64_t padded_width) {
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < rows.kernel; ++i)
    for (std::int64_t j = 0; j < columns.kernel; ++j)
      for (std::int64_t row = 0; row < rows.count; ++row)
        for (std::int64_t column = 0; column < columns.count; ++column)
          out.push_back(
              static_cast<std::int32_t>((row * rows.stride + i * rows.dilation) * padded_width +
                                        column * columns.stride + j * columns.dilation));
  return Tensor::from(out, {rows.kernel * columns.kernel, rows.count * columns.count});
}

Tensor unfold_of(const Tensor& x, PixelPair kernel, const UnfoldOptions& o) {
  check_rank("unfold", x, 4);
  const Shape& in = x.shape();
  const Blocks rows = blocks_along("unfold", in[2], kernel, o, 0);
  const Blocks columns = blocks_along("unfold", in[3], kernel, o, 1);
  const Tensor padded =
      pad(x, {{0, 0}, {0, 0}, {rows.padding, rows.padding}, {columns.padding, columns.padding}});
  const std::int64_t width = in[3] + 2 * columns.padding;
  const Tensor flat = reshape(padded, {in[0], in[1], (in[2] + 2 * rows.padding) * width});
  const Tensor blocks = take(flat, places(rows, columns, width), {.axis = -1});
  return reshape(blocks, {in[0], in[1] * rows.kernel * columns.kernel, rows.count * columns.count});
}

Tensor fold_of(const Tensor& x, PixelPair size, PixelPair kernel, const UnfoldOptions& o) {
  check_rank("fold", x, 3);
  const Blocks rows = blocks_along("fold", size[0], kernel, o, 0);
  const Blocks columns = blocks_along("fold", size[1], kernel, o, 1);
  const std::int64_t area = rows.kernel * columns.kernel, count = rows.count * columns.count;
  const Shape& in = x.shape();
  if (in[1] % area != 0 || in[2] != count)
    throw ShapeError(str("fold: x must be (N, C * ", area, ", ", count, ") for images of ", size[0],
                         " x ", size[1], " pixels. Received: x.shape=", in));
  const std::int64_t channels = in[1] / area;
  const std::int64_t height = size[0] + 2 * rows.padding, width = size[1] + 2 * columns.padding;
  const Tensor values = transpose(reshape(x, {in[0] * channels, area * count}));
  const Tensor index = reshape(places(rows, columns, width), {area * count, 1});
  const Tensor flat = scatter(index, values, {height * width, in[0] * channels});
  const Tensor images = reshape(transpose(flat), {in[0], channels, height, width});
  return slice_axis(slice_axis(images, 2, rows.padding, rows.padding + size[0]), 3, columns.padding,
                    columns.padding + size[1]);
}

Config pair_config(PixelPair pair) {
  return Config::list_of(std::vector<std::int64_t>{pair[0], pair[1]});
}

}  // namespace

Tensor depth_to_space(const Tensor& x, std::int64_t block_size, BlockOptions o) {
  check_block_size("depth_to_space", block_size);
  const bool first = channels_first(o.data_format);
  return call_or_record(
      "DepthToSpace", {x}, {{"block_size", block_size}, {"data_format", o.data_format}},
      [=](const Tensors& in) { return depth_to_space_of(in[0], block_size, first); });
}

Tensor space_to_depth(const Tensor& x, std::int64_t block_size, BlockOptions o) {
  check_block_size("space_to_depth", block_size);
  const bool first = channels_first(o.data_format);
  return call_or_record(
      "SpaceToDepth", {x}, {{"block_size", block_size}, {"data_format", o.data_format}},
      [=](const Tensors& in) { return space_to_depth_of(in[0], block_size, first); });
}

Tensor unfold(const Tensor& x, PixelPair kernel_size, UnfoldOptions o) {
  return call_or_record("Unfold", {x},
                        {{"kernel_size", pair_config(kernel_size)},
                         {"dilation", pair_config(o.dilation)},
                         {"padding", pair_config(o.padding)},
                         {"stride", pair_config(o.stride)}},
                        [=](const Tensors& in) { return unfold_of(in[0], kernel_size, o); });
}

Tensor fold(const Tensor& x, PixelPair output_size, PixelPair kernel_size, UnfoldOptions o) {
  return call_or_record(
      "Fold", {x},
      {{"output_size", pair_config(output_size)},
       {"kernel_size", pair_config(kernel_size)},
       {"dilation", pair_config(o.dilation)},
       {"padding", pair_config(o.padding)},
       {"stride", pair_config(o.stride)}},
      [=](const Tensors& in) { return fold_of(in[0], output_size, kernel_size, o); });
}

Tensor psnr(const Tensor& x1, const Tensor& x2, double max_val) {
  return call_or_record("PSNR", {x1, x2}, {{"max_val", max_val}}, [max_val](const Tensors& in) {
    if (in[0].shape() != in[1].shape())
      throw ShapeError(str("Input shapes ", in[0].shape(), " and ", in[1].shape(),
                           " must match for PSNR calculation."));
    const Tensor error = mean(square(in[0] - in[1]));
    return 20 * std::log10(max_val) - 10 * log10(error);
  });
}

}  // namespace keras::ops
