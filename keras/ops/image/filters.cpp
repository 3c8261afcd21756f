#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::ops::image {
namespace {

/// The bell curve of a sigma over `size` places, with the sum 1.
Tensor bell(std::int64_t size, const Tensor& sigma) {
  const double middle = static_cast<double>(size - 1) / 2;
  const Tensor x = (arange(0, size, 1, sigma.dtype()) - middle) / sigma;
  const Tensor curve = exp(square(x) * -0.5);
  return curve / sum(curve);
}

/// Each channel of a batch by the same filters, (height, width, 1, filters).
Tensor filter_channels(const Tensor& images, const Tensor& filters, const std::string& format) {
  const std::int64_t channels = images.shape()[format == "channels_first" ? 1 : -1];
  return depthwise_conv(images, repeat(cast(filters, images.dtype()), channels, {.axis = 2}),
                        {.padding = "same", .data_format = format});
}

Tensor edges(const Tensor& images, const std::string& format) {
  const Tensor across = Tensor::of<float>({-1, 0, 1, -2, 0, 2, -1, 0, 1});
  const Tensor down = Tensor::of<float>({-1, -2, -1, 0, 0, 0, 1, 2, 1});
  const Tensor filters = reshape(stack({down, across}, {.axis = -1}), {3, 3, 1, 2});
  const bool first = format == "channels_first";
  const Tensor x = first ? transpose(images, {.axes = {0, 2, 3, 1}}) : images;
  Shape shape = x.shape();
  const Tensor y = reshape(filter_channels(x, filters, "channels_last"), shape.concat({2}));
  return first ? transpose(y, {.axes = {0, 3, 1, 2, 4}}) : y;
}

}  // namespace

Tensor blur_images(const Tensor& images, const std::array<std::int64_t, 2>& kernel_size,
                   const Tensor& sigma, const std::string& data_format) {
  const Tensor columns = bell(kernel_size[0], slice_axis(sigma, 0, 0, 1));
  const Tensor rows = bell(kernel_size[1], slice_axis(sigma, 0, 1, 2));
  const Tensor kernel =
      reshape(rows, {kernel_size[1], 1, 1, 1}) * reshape(columns, {1, kernel_size[0], 1, 1});
  const Tensor batch = images.rank() == 3 ? expand_dims(images, {.axis = 0}) : images;
  const Tensor blurred = filter_channels(batch, kernel, data_format);
  return images.rank() == 3 ? squeeze(blurred, {.axis = 0}) : blurred;
}

Tensor gaussian_blur(const Tensor& images, GaussianBlurOptions options) {
  check_image_rank(images);
  for (const std::int64_t size : options.kernel_size)
    if (size < 1)
      throw ValueError(str("gaussian_blur: `kernel_size` must be positive. Received: kernel_size=(",
                           options.kernel_size[0], ", ", options.kernel_size[1], ")"));
  options.data_format = standardize_data_format(options.data_format);
  return record_unary(
      "GaussianBlur", images,
      {{"kernel_size", Config::list_of(options.kernel_size)},
       {"sigma", Config::list_of(options.sigma)},
       {"data_format", options.data_format}},
      [=](const Tensor& x) {
        const Tensor sigma = Tensor::of<float>(
            {static_cast<float>(options.sigma[0]), static_cast<float>(options.sigma[1])});
        return blur_images(x, options.kernel_size, cast(sigma, to_float_dtype(x.dtype())),
                           options.data_format);
      });
}

Tensor sobel_edges(const Tensor& images, DataFormatOptions options) {
  if (images.rank() != 4)
    throw ShapeError(
        str("Invalid images rank: expected rank 4 (batch of images). Received: "
            "images.shape=",
            images.shape()));
  const std::string format = standardize_data_format(options.data_format);
  return record_unary("SobelEdges", images, {{"data_format", format}},
                      [=](const Tensor& x) { return edges(x, format); });
}

}  // namespace keras::ops::image
