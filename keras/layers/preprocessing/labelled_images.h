#pragma once

#include <memory>

#include "keras/layers/layer.h"
#include "keras/utils/bounding_boxes.h"

namespace keras::layers {

class ImageLayerImpl;
using utils::bounding_boxes::BoundingBoxes;

/// Images with what is known of them, which layers change together, as Keras's dictionaries with
/// these keys. What is left out does not come back.
struct LabelledImages {
  Tensor images;       ///< a batch, or a single image; then the others have no batch axis either
  Tensor labels = {};  ///< (batch, classes) where images are mixed
  BoundingBoxes bounding_boxes = {};
  Tensor segmentation_masks = {};  ///< with the images' axes and size, channels of their own
};

/// A layer that changes images, alone or together with what is known of them.
class ImageLayer : public Layer {
 public:
  using Layer::operator();
  /// `flip({.images = x, .segmentation_masks = masks})`: the same change for all, as of Keras's
  /// dictionaries; for `Dataset::map`, outside of models. Boxes that leave the picture are cut, and
  /// labels of those without any area become -1. Throws ValueError for boxes where the layer has no
  /// `bounding_box_format` or cannot move them, ShapeError unless boxes are (batch, n, 4) with
  /// labels (batch, n) and masks have the images' axes and batch.
  LabelledImages operator()(const LabelledImages& data, const CallOptions& options = {}) const;

 protected:
  explicit ImageLayer(std::shared_ptr<ImageLayerImpl> impl);
};

}  // namespace keras::layers
