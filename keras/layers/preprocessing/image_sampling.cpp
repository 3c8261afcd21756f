#include "keras/layers/preprocessing/image_sampling.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {

void check_fill_mode(const std::string& fill_mode, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), fill_mode) == known.end())
    throw ValueError(
        str("Unknown `fill_mode` ", fill_mode, ". Expected of one ('", join(known, "', '"), "')."));
}

void check_interpolation(const std::string& interpolation) {
  if (interpolation != "nearest" && interpolation != "bilinear")
    throw ValueError(str("Unknown `interpolation` ", interpolation,
                         ". Expected of one ('nearest', 'bilinear')."));
}

void check_image_sampling(const ImageSamplingOptions& options) {
  check_fill_mode(options.fill_mode, {"reflect", "wrap", "constant", "nearest"});
  check_interpolation(options.interpolation);
}

Tensor sample_images(const Tensor& images, const ImageAffine& affine,
                     const ImageSamplingOptions& options) {
  const Tensor last =
      options.channels_first ? ops::transpose(images, {.axes = {0, 2, 3, 1}}) : images;
  const Tensor out =
      ops::image::project_images(last, affine,
                                 {ops::image::interpolation_order(options.interpolation),
                                  options.fill_mode, options.fill_value});
  return options.channels_first ? ops::transpose(out, {.axes = {0, 3, 1, 2}}) : out;
}

Tensor sample_masks(const Tensor& masks, const ImageAffine& affine, ImageSamplingOptions options) {
  if (!masks.defined()) return masks;
  options.interpolation = "nearest";
  return ops::cast(sample_images(ops::cast(masks, DType::kFloat32), affine, options),
                   masks.dtype());
}

}  // namespace keras::layers
