#pragma once

#include <string>

#include "keras/engine/tensor/tensor.h"

namespace keras::utils::bounding_boxes {

/// The boxes around what pictures show.
struct BoundingBoxes {
  Tensor boxes = {};   ///< (batch, boxes, 4)
  Tensor labels = {};  ///< (batch, boxes)
};

/// The size of the pictures: numbers, or a tensor that broadcasts with (batch, boxes, 1).
struct ConvertFormatOptions {
  Tensor height = {};
  Tensor width = {};
  DType dtype = DType::kFloat32;
};
/// Boxes (…, 4) in another format: "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", and
/// "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh" as shares of the picture's size, which
/// these need. Throws ValueError for other names, another last dimension and a missing size.
/// Keras: keras.utils.bounding_boxes.convert_format.
Tensor convert_format(const Tensor& boxes, const std::string& source, const std::string& target,
                      const ConvertFormatOptions& options = {});

struct ClipToImageSizeOptions {
  Tensor height = {};
  Tensor width = {};
  std::string bounding_box_format = "xyxy";  ///< or "rel_xyxy", which needs no size
};
/// The parts of boxes that lie in the picture; labels of those without any become -1. Throws
/// ValueError for other formats and a missing size. Keras:
/// keras.utils.bounding_boxes.clip_to_image_size.
BoundingBoxes clip_to_image_size(const BoundingBoxes& bounding_boxes,
                                 const ClipToImageSizeOptions& options = {});

/// A picture's change, each a tensor (batch): turned by `angle` degrees about its centre, shifted
/// by shares of its size, scaled and sheared by degrees.
struct AffineChange {
  Tensor angle, translate_x, translate_y, scale, shear_x, shear_y;
};
struct AffineTransformOptions {
  Tensor center_x = 0.5;  ///< the centre, in shares of the size
  Tensor center_y = 0.5;
  std::string bounding_box_format = "xyxy";
};
/// The smallest boxes around those that a picture's change moves, (batch, boxes, 4). Throws
/// ValueError for formats other than "xyxy". Keras: keras.utils.bounding_boxes.affine_transform.
Tensor affine_transform(const Tensor& boxes, const AffineChange& change, const Tensor& height,
                        const Tensor& width, const AffineTransformOptions& options = {});

/// The parts of boxes "xyxy" that lie in a part of the picture, as seen from its corner. Throws
/// ValueError for other formats. Keras: keras.utils.bounding_boxes.crop.
Tensor crop(const Tensor& boxes, const Tensor& top, const Tensor& left, const Tensor& height,
            const Tensor& width, const std::string& bounding_box_format = "xyxy");

/// Boxes "xyxy" of a picture that has grown at the top and on the left. Throws ValueError for other
/// formats. Keras: keras.utils.bounding_boxes.pad.
Tensor pad(const Tensor& boxes, const Tensor& top, const Tensor& left,
           const std::string& bounding_box_format = "xyxy");

}  // namespace keras::utils::bounding_boxes
