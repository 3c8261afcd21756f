#pragma once

#include "keras/engine/tensor/tensor.h"

namespace keras::layers {

/// The boxes around what pictures show.
struct BoundingBoxes {
  Tensor boxes = {};   ///< (batch, boxes, 4)
  Tensor labels = {};  ///< (batch, boxes)
};

/// Images with what is known of them, which layers change together, as Keras's dictionaries with
/// these keys. What is left out does not come back.
struct LabelledImages {
  Tensor images;
  Tensor labels = {};
  BoundingBoxes bounding_boxes = {};
};

}  // namespace keras::layers
