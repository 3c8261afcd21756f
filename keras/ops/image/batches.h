#pragma once

#include <string>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops::image {

/// Throws ShapeError unless images are one or a batch.
void check_image_rank(const Tensor& images);

/// The axes of images that height, width and channels stand at.
struct ImageAxes {
  ImageAxes(const Tensor& images, const std::string& data_format);
  int height, width, channels;
};

}  // namespace keras::ops::image
