#pragma once

#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct ResizingOptions {
  /// "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
  std::string interpolation = "bilinear";
  bool crop_to_aspect_ratio = false;   ///< cut to the new proportions instead of distorting
  bool pad_to_aspect_ratio = false;    ///< pad with `fill_value` to the new proportions
  std::string fill_mode = "constant";  ///< the only one that there is
  double fill_value = 0.0;
  bool antialias = false;  ///< widen the filter where images become smaller
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Images, one or a batch of them, of another height and width, in the same dtype. Keras:
/// keras.layers.Resizing.
class Resizing : public ImageLayer {
 public:
  /// Throws ValueError for sizes that are not positive and for unknown names.
  explicit Resizing(int height, int width, ResizingOptions options = {});
  static Resizing from_config(const Config& config);
};

}  // namespace keras::layers
