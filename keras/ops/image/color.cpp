#include <limits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::ops::image {
namespace {

/// The distance from 1 to the next number.
double precision(DType dtype) {
  if (dtype == DType::kFloat64) return std::numeric_limits<double>::epsilon();
  if (dtype == DType::kFloat16) return 0x1p-10;
  if (dtype == DType::kBfloat16) return 0x1p-7;
  return std::numeric_limits<float>::epsilon();
}

Tensors channels_of(const Tensor& images, int axis) {
  if (!is_float(images.dtype()))
    throw ValueError(
        str("Invalid images dtype: expected float dtype. Received: images.dtype=", images.dtype()));
  if (images.shape()[axis] != 3)
    throw ValueError(str("Input images must have 3 channels, but received images with ",
                         images.shape()[axis], " channels."));
  return split(images, 3, {.axis = axis});
}

Tensor grayscale(const Tensor& images, const std::string& format) {
  const int axis = ImageAxes(images, format).channels;
  const std::int64_t channels = images.shape()[axis];
  if (channels == 1) return images;
  if (channels != 3)
    throw ValueError(
        str("Invalid channel size: expected 3 (RGB) or 1 (Grayscale). Received input with shape: "
            "images.shape=",
            images.shape()));
  const DType dtype = to_float_dtype(images.dtype());
  const Tensors rgb = split(cast(images, dtype), 3, {.axis = axis});
  return cast(rgb[0] * 0.2989 + rgb[1] * 0.5870 + rgb[2] * 0.1140, images.dtype());
}

Tensor to_hsv(const Tensor& given, const std::string& format) {
  const int axis = ImageAxes(given, format).channels;
  const Tensor none = zeros_like(given);
  const Tensors rgb =
      channels_of(where(less(abs(given), precision(given.dtype())), none, given), axis);
  const Tensor &r = rgb[0], &g = rgb[1], &b = rgb[2];
  const Tensor value = maximum(maximum(r, g), b);
  const Tensor range = value - minimum(minimum(r, g), b);
  const Tensor one = ones_like(value), zero = zeros_like(value);
  const Tensor saturation =
      where(greater(value, 0), range / where(greater(value, 0), value, one), zero);
  const Tensor norm = 1.0 / (6.0 * where(greater(range, 0), range, one));
  Tensor hue = where(equal(value, g), norm * (b - r) + 2.0 / 6.0, norm * (r - g) + 4.0 / 6.0);
  hue = where(equal(value, r), norm * (g - b), hue);
  hue = where(greater(range, 0), hue, zero) + cast(less(hue, 0), hue.dtype());
  return concatenate({hue, saturation, value}, {.axis = axis});
}

Tensor to_rgb(const Tensor& images, const std::string& format) {
  const int axis = ImageAxes(images, format).channels;
  const Tensors hsv = channels_of(images, axis);
  const Tensor &saturation = hsv[1], &value = hsv[2];
  const Tensor sixth = mod(hsv[0], 1.0) * 6.0;
  const auto color = [&](const Tensor& share) {
    return value * (1.0 - saturation + saturation * clip(share, 0.0, 1.0));
  };
  return concatenate(
      {color(abs(sixth - 3.0) - 1.0), color(2.0 - abs(sixth - 2.0)), color(2.0 - abs(sixth - 4.0))},
      {.axis = axis});
}

Tensor record(const char* class_name, const Tensor& images, const DataFormatOptions& options,
              Tensor (*function)(const Tensor& images, const std::string& format)) {
  const std::string format = standardize_data_format(options.data_format);
  return record_unary(class_name, images, {{"data_format", format}},
                      [=](const Tensor& x) { return function(x, format); });
}

}  // namespace

Tensor rgb_to_grayscale(const Tensor& images, DataFormatOptions options) {
  return record("RGBToGrayscale", images, options, grayscale);
}
Tensor rgb_to_hsv(const Tensor& images, DataFormatOptions options) {
  return record("RGBToHSV", images, options, to_hsv);
}
Tensor hsv_to_rgb(const Tensor& images, DataFormatOptions options) {
  return record("HSVToRGB", images, options, to_rgb);
}

}  // namespace keras::ops::image
