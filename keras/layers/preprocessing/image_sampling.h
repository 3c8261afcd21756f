#pragma once

#include <string>

#include "keras/engine/tensor/tensor.h"

namespace keras::layers {

struct ImageSamplingOptions {
  std::string fill_mode = "reflect";       ///< "reflect", "wrap", "constant" or "nearest"
  std::string interpolation = "bilinear";  ///< or "nearest"
  double fill_value = 0;
  bool channels_first = false;
};

/// Throws ValueError for unknown names.
void check_image_sampling(const ImageSamplingOptions& options);

/// For each image of a batch, where its pixels come from: column = a0·x + a1·y + a2 and
/// row = b0·x + b1·y + b2, each of shape (batch, 1, 1). Keras: keras.ops.image.affine_transform.
struct ImageAffine {
  Tensor a0, a1, a2, b0, b1, b2;
};
Tensor sample_images(const Tensor& images, const ImageAffine& affine,
                     const ImageSamplingOptions& options);

}  // namespace keras::layers
