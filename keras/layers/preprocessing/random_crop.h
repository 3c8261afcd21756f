#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct RandomCropOptions {
  std::optional<std::int64_t> seed = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// One part of a batch of images, at a random place, in training; images that are too small are cut
/// to the new proportions and resized. Elsewhere images stay as they are, as in Keras. Keras:
/// keras.layers.RandomCrop.
class RandomCrop : public ImageLayer {
 public:
  /// Throws ValueError for sizes that are not positive.
  explicit RandomCrop(int height, int width, RandomCropOptions options = {});
  static RandomCrop from_config(const Config& config);
};

}  // namespace keras::layers
