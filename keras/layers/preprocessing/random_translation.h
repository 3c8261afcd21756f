#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomTranslationOptions {
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

/// Moves each image down by a share in `height_factor` of its height, and to the right by one of
/// its width, in training. Keras: keras.layers.RandomTranslation.
class RandomTranslation : public ImageLayer {
 public:
  /// Throws ValueError for factors outside [-1, 1] and for unknown names.
  explicit RandomTranslation(RandomRange height_factor, RandomRange width_factor,
                             RandomTranslationOptions options = {});
  static RandomTranslation from_config(const Config& config);
};

}  // namespace keras::layers
