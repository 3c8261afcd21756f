#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"

namespace keras::layers {

struct MaxNumBoundingBoxesOptions {
  std::int64_t fill_value = -1;  ///< of boxes and labels that are added
  /// Of the boxes, such as "xyxy"; must be given for calls with boxes, and changes none of them.
  std::optional<std::string> bounding_box_format = {};
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Cuts or pads the boxes of each picture to the same number; images pass as they are:
/// `limit({.images = x, .bounding_boxes = {.boxes = b, .labels = l}})`. Keras:
/// keras.layers.MaxNumBoundingBoxes.
class MaxNumBoundingBoxes : public ImageLayer {
 public:
  /// Throws ValueError for a negative number.
  explicit MaxNumBoundingBoxes(std::int64_t max_number, MaxNumBoundingBoxesOptions options = {});
  static MaxNumBoundingBoxes from_config(const Config& config);
};

}  // namespace keras::layers
