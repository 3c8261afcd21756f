#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct RandomFlipOptions {
  /// "horizontal", "vertical" or "horizontal_and_vertical".
  std::string mode = "horizontal_and_vertical";
  std::optional<std::int64_t> seed = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Mirrors each image or not, with even odds, in training. With both directions an image is turned
/// by half a circle or stays as it is, as in Keras. Keras: keras.layers.RandomFlip.
class RandomFlip : public Layer {
 public:
  /// Throws ValueError for an unknown mode.
  explicit RandomFlip(RandomFlipOptions options = {});
  static RandomFlip from_config(const Config& config);
};

}  // namespace keras::layers
