#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomBrightnessOptions {
  std::array<double, 2> value_range = {0, 255};  ///< what results are cut to
  std::optional<std::int64_t> seed = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Adds to each image one number, a share in `factor` of the extent of `value_range`, in training.
/// Keras: keras.layers.RandomBrightness.
class RandomBrightness : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [-1, 1].
  explicit RandomBrightness(RandomRange factor, RandomBrightnessOptions options = {});
  static RandomBrightness from_config(const Config& config);
};

}  // namespace keras::layers
