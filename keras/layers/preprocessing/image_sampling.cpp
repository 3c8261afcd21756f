#include "keras/layers/preprocessing/image_sampling.h"

#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// A place along an axis, inside of it, and whether it was there before.
struct Place {
  Tensor index, valid;
};

Place inside(const Tensor& index, std::int64_t size, const std::string& fill_mode) {
  const auto length = static_cast<double>(size);
  Place place;
  if (fill_mode == "wrap") {
    place.index = ops::mod(index, length);
  } else if (fill_mode == "reflect") {
    const Tensor at = ops::mod(index, 2 * length);
    place.index = ops::minimum(at, 2 * length - 1 - at);
  } else {
    place.index = ops::clip(index, 0.0, length - 1);
    if (fill_mode == "constant") place.valid = ops::equal(place.index, index);
  }
  return place;
}

class Sampler {
 public:
  Sampler(const Tensor& images, const ImageSamplingOptions& options)
      : options_(options),
        batch_(images.shape()[0]),
        height_(images.shape()[1]),
        width_(images.shape()[2]),
        channels_(images.shape()[3]),
        pixels_(ops::reshape(images, {batch_ * height_ * width_, channels_})),
        first_(ops::reshape(ops::arange(batch_), {batch_, 1, 1}) *
               Tensor::of<std::int32_t>({static_cast<std::int32_t>(height_ * width_)})) {}

  /// The pixels at whole coordinates of shape (batch, height, width).
  Tensor at(const Tensor& row, const Tensor& column) const {
    const Place y = inside(row, height_, options_.fill_mode);
    const Place x = inside(column, width_, options_.fill_mode);
    const Tensor place = ops::cast(y.index * static_cast<double>(width_) + x.index, DType::kInt32);
    const Tensor found = ops::take(pixels_, first_ + place, {.axis = 0});
    if (!y.valid.defined()) return found;
    const Tensor valid = ops::expand_dims(ops::logical_and(y.valid, x.valid), {.axis = -1});
    return ops::where(valid, found, ops::cast(Tensor(options_.fill_value), found.dtype()));
  }

 private:
  const ImageSamplingOptions& options_;
  std::int64_t batch_, height_, width_, channels_;
  Tensor pixels_, first_;
};

}  // namespace

void check_image_sampling(const ImageSamplingOptions& options) {
  const std::string& fill = options.fill_mode;
  if (fill != "reflect" && fill != "wrap" && fill != "constant" && fill != "nearest")
    throw ValueError(str("Unknown `fill_mode` ", fill,
                         ". Expected of one ('reflect', 'wrap', 'constant', 'nearest')."));
  if (options.interpolation != "nearest" && options.interpolation != "bilinear")
    throw ValueError(str("Unknown `interpolation` ", options.interpolation,
                         ". Expected of one ('nearest', 'bilinear')."));
}

Tensor sample_images(const Tensor& images, const ImageAffine& affine,
                     const ImageSamplingOptions& options) {
  const Tensor last =
      options.channels_first ? ops::transpose(images, {.axes = {0, 2, 3, 1}}) : images;
  const std::int64_t height = last.shape()[1];
  const std::int64_t width = last.shape()[2];
  const Tensor y = ops::reshape(ops::arange(0, height, 1, DType::kFloat32), {1, height, 1});
  const Tensor x = ops::reshape(ops::arange(0, width, 1, DType::kFloat32), {1, 1, width});
  const Tensor row = affine.b0 * x + affine.b1 * y + affine.b2;
  const Tensor column = affine.a0 * x + affine.a1 * y + affine.a2;
  const Sampler sampler(last, options);
  Tensor out;
  if (options.interpolation == "nearest") {
    out = sampler.at(ops::round(row), ops::round(column));
  } else {
    const Tensor top = ops::floor(row);
    const Tensor left = ops::floor(column);
    const auto share = [&](const Tensor& part) {
      return ops::cast(ops::expand_dims(part, {.axis = -1}), last.dtype());
    };
    const Tensor down = share(row - top);
    const Tensor right = share(column - left);
    out = (sampler.at(top, left) * (1 - right) + sampler.at(top, left + 1) * right) * (1 - down) +
          (sampler.at(top + 1, left) * (1 - right) + sampler.at(top + 1, left + 1) * right) * down;
  }
  return options.channels_first ? ops::transpose(out, {.axes = {0, 3, 1, 2}}) : out;
}

}  // namespace keras::layers
