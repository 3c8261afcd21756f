#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/preprocessing/image/augmentation.h"
#include "keras/preprocessing/image/standardization.h"

namespace keras::preprocessing::image {

/// What an ImageDataGenerator does to images; its iterators share it.
struct Pipeline {
  Augmentation augmentation = {};
  Standardization standardization = {};
  bool channels_first = false;
  DType dtype = DType::kFloat32;
  double validation_split = 0;
};

/// Where changed images are written, for looking at them.
struct SaveTo {
  std::string folder = {};
  std::string prefix = {};
  std::string format = "png";
};

/// The values of the image at a place in the batch: its own, or written to `scratch`, which has
/// room for one. Nothing: the image is left out.
using ImageSource = std::function<const float*(std::size_t place, std::vector<float>& scratch)>;

struct ImageBatch {
  Tensor images;
  std::vector<std::int64_t> indices;  ///< those of the images that are in it
};

/// Transforms, drawn for all images first, and scales what `source` gives. Large batches are cut
/// for several threads.
ImageBatch make_image_batch(const Pipeline& pipeline, const ImageSize& size,
                            std::span<const std::int64_t> indices, RandomState& random,
                            const ImageSource& source);
/// One file for each image of a batch, with its number and a random one in the name.
void save_images(const ImageBatch& batch, const SaveTo& to, bool channels_first,
                 RandomState& random);
/// The rows of a tensor with these numbers.
Tensor rows_of(const Tensor& from, std::span<const std::int64_t> indices);
/// The size of one image of `shape`, which is that of an image or of several.
ImageSize image_size_of(const Shape& shape, bool channels_first);

}  // namespace keras::preprocessing::image
