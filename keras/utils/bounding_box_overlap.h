#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/engine/tensor/tensor.h"

namespace keras::utils::bounding_boxes {

/// The height, width and channels of the picture that relative boxes are shares of.
using ImageShape = std::array<std::int64_t, 3>;

struct ComputeIouOptions {
  bool use_masking = false;  ///< boxes whose numbers are all negative count as none
  double mask_val = -1;      ///< what pairs with such a box get
  std::optional<ImageShape> image_shape = {};  ///< for relative formats
};
/// The area that two boxes share over the area that both cover, for each pair of them: (n, 4) and
/// (m, 4) give (n, m), and a batch axis of either is one of the result. Throws ValueError for other
/// ranks and a missing size. Keras: keras.utils.bounding_boxes.compute_iou.
Tensor compute_iou(const Tensor& boxes1, const Tensor& boxes2,
                   const std::string& bounding_box_format, const ComputeIouOptions& options = {});

/// The complete overlap of boxes (…, 4) with those in the same places: less than theirs by how far
/// their centres and their proportions are apart; Zheng et al. (2019). Throws ValueError for
/// relative formats. Keras: keras.utils.bounding_boxes.compute_ciou.
Tensor compute_ciou(const Tensor& boxes1, const Tensor& boxes2,
                    const std::string& bounding_box_format);

struct BoxDeltaOptions {
  std::string encoding_format = "center_yxhw";         ///< or "center_xywh"
  std::optional<std::array<double, 4>> variance = {};  ///< what deltas are divided by
  std::optional<ImageShape> image_shape = {};          ///< for relative formats
};
/// What a network learns of boxes, (n, 4) or (batch, n, 4), beside its anchors (n, 4): the distance
/// of the centres in anchors' sizes, and the logarithms of the sizes' ratios. Throws ValueError for
/// other encodings. Keras: keras.utils.bounding_boxes.encode_box_to_deltas.
Tensor encode_box_to_deltas(const Tensor& anchors, const Tensor& boxes,
                            const std::string& anchor_format, const std::string& box_format,
                            const BoxDeltaOptions& options = {});
/// The boxes again. Keras: keras.utils.bounding_boxes.decode_deltas_to_boxes.
Tensor decode_deltas_to_boxes(const Tensor& anchors, const Tensor& boxes_delta,
                              const std::string& anchor_format, const std::string& box_format,
                              const BoxDeltaOptions& options = {});

}  // namespace keras::utils::bounding_boxes
