#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomContrastOptions {
  std::array<double, 2> value_range = {0, 255};  ///< what results are cut to
  std::optional<std::int64_t> seed = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Moves the values of each channel away from their mean, or towards it, by a factor in
/// [1 - lower, 1 + upper], one for each image, in training. One number f means lower = 0 and
/// upper = f, as in Keras. Keras: keras.layers.RandomContrast.
class RandomContrast : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandomContrast(RandomRange factor, RandomContrastOptions options = {});
  static RandomContrast from_config(const Config& config);
};

}  // namespace keras::layers
