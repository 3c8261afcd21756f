#pragma once

#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct CenterCropOptions {
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The middle of images, one or a batch of them. Images that are too small in one direction are cut
/// to the new proportions and resized. Keras: keras.layers.CenterCrop.
class CenterCrop : public ImageLayer {
 public:
  /// Throws ValueError for sizes that are not positive and for an unknown data format.
  explicit CenterCrop(int height, int width, CenterCropOptions options = {});
  static CenterCrop from_config(const Config& config);
};

}  // namespace keras::layers
