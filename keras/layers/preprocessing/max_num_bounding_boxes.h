#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"
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

/// Cuts or pads the boxes of each picture to the same number; images pass as they are. Keras:
/// keras.layers.MaxNumBoundingBoxes.
class MaxNumBoundingBoxes : public Layer {
 public:
  /// Throws ValueError for a negative number.
  explicit MaxNumBoundingBoxes(std::int64_t max_number, MaxNumBoundingBoxesOptions options = {});
  static MaxNumBoundingBoxes from_config(const Config& config);

  using Layer::operator();
  /// `limit({.images = x, .bounding_boxes = {.boxes = b, .labels = l}})`. Throws ValueError without
  /// a `bounding_box_format`, ShapeError unless boxes are (batch, n, 4) and labels (batch, n).
  LabelledImages operator()(const LabelledImages& data, const CallOptions& options = {}) const;
};

}  // namespace keras::layers
