#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct RandomFlipOptions {
  /// "horizontal", "vertical" or "horizontal_and_vertical".
  std::string mode = "horizontal_and_vertical";
  std::optional<std::int64_t> seed = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Mirrors each image or not, with even odds, in training. With both directions an image is turned
/// by half a circle or stays as it is, as in Keras. Keras: keras.layers.RandomFlip.
class RandomFlip : public ImageLayer {
 public:
  /// Throws ValueError for an unknown mode.
  explicit RandomFlip(RandomFlipOptions options = {});
  static RandomFlip from_config(const Config& config);
};

}  // namespace keras::layers
