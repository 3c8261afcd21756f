#pragma once

#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/image/sampling.h"

namespace keras::layers {

struct ImageSamplingOptions {
  std::string fill_mode = "reflect";       ///< "reflect", "wrap", "constant" or "nearest"
  std::string interpolation = "bilinear";  ///< or "nearest"
  double fill_value = 0;
  bool channels_first = false;
};

/// These throw ValueError for unknown names.
void check_fill_mode(const std::string& fill_mode, const std::vector<std::string>& known);
void check_interpolation(const std::string& interpolation);
void check_image_sampling(const ImageSamplingOptions& options);

/// For each image of a batch, where its pixels come from. Keras: keras.ops.image.affine_transform.
using ImageAffine = ops::image::Projection;
Tensor sample_images(const Tensor& images, const ImageAffine& affine,
                     const ImageSamplingOptions& options);
/// The same of segmentation masks, whose values are not blended; they keep their dtype.
Tensor sample_masks(const Tensor& masks, const ImageAffine& affine, ImageSamplingOptions options);

}  // namespace keras::layers
