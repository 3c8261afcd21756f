#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomZoomOptions {
  /// For the width; nothing: as the height, so that proportions are kept.
  std::optional<RandomRange> width_factor = {};
  /// What stands outside: the image mirrored ("reflect") or repeated ("wrap"), `fill_value`
  /// ("constant") or the edge ("nearest").
  std::string fill_mode = "reflect";
  std::string interpolation = "bilinear";  ///< or "nearest"
  std::optional<std::int64_t> seed = {};
  double fill_value = 0.0;
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Shows 1 + a number in `height_factor` of each image's height, and so of its width, about the
/// middle, in training: positive numbers zoom out. Keras: keras.layers.RandomZoom.
class RandomZoom : public ImageLayer {
 public:
  /// Throws ValueError for factors outside (-1, 1] and for unknown names.
  explicit RandomZoom(RandomRange height_factor, RandomZoomOptions options = {});
  static RandomZoom from_config(const Config& config);
};

}  // namespace keras::layers
