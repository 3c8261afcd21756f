#include "keras/utils/bounding_box_overlap.h"

#include <numbers>
#include <vector>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/utils/bounding_boxes.h"

namespace keras::utils::bounding_boxes {
namespace {

Tensor in_format(const Tensor& boxes, const std::string& source, const std::string& target,
                 const std::optional<ImageShape>& image) {
  if (!image) return convert_format(boxes, source, target);
  return convert_format(boxes, source, target, {.height = (*image)[0], .width = (*image)[1]});
}

void check_rank(const char* name, const Tensor& boxes) {
  if (boxes.rank() != 2 && boxes.rank() != 3)
    throw ValueError(str("compute_iou() expects ", name,
                         " to be batched, or to be unbatched. Received: ", name,
                         ".shape=", boxes.shape()));
}

/// The columns of boxes as (…, n, 1), or as (…, 1, n).
Tensors columns_of(const Tensor& boxes, bool as_row) {
  Tensors columns = ops::split(boxes, 4, {.axis = -1});
  if (as_row)
    for (Tensor& column : columns) column = ops::swapaxes(column, -1, -2);
  return columns;
}

Tensor overlap(const Tensors& a, const Tensors& b) {
  const Tensor width = ops::minimum(a[2], b[2]) - ops::maximum(a[0], b[0]);
  const Tensor height = ops::minimum(a[3], b[3]) - ops::maximum(a[1], b[1]);
  return ops::maximum(width, 0.0) * ops::maximum(height, 0.0);
}

Tensor area(const Tensors& c) { return (c[2] - c[0]) * (c[3] - c[1]); }

/// Whether all numbers of a box are negative.
Tensor is_none(const Tensors& c) {
  return ops::less(ops::maximum(ops::maximum(c[0], c[1]), ops::maximum(c[2], c[3])), 0.0);
}

void check_encoding(const std::string& format) {
  if (format != "center_xywh" && format != "center_yxhw")
    throw ValueError(
        str("`encoding_format` should be one of 'center_xywh' or 'center_yxhw', got ", format));
}

/// The first two numbers of boxes, or the last two.
Tensor half(const Tensor& boxes, int which) {
  return ops::slice_axis(boxes, -1, 2 * which, 2 * which + 2);
}

Tensor variance_of(const BoxDeltaOptions& options) {
  const auto& v = *options.variance;
  return Tensor::of<float>({static_cast<float>(v[0]), static_cast<float>(v[1]),
                            static_cast<float>(v[2]), static_cast<float>(v[3])});
}

}  // namespace

Tensor compute_iou(const Tensor& boxes1, const Tensor& boxes2,
                   const std::string& bounding_box_format, const ComputeIouOptions& options) {
  check_rank("boxes1", boxes1);
  check_rank("boxes2", boxes2);
  const Tensors a =
      columns_of(in_format(boxes1, bounding_box_format, "xyxy", options.image_shape), false);
  const Tensors b =
      columns_of(in_format(boxes2, bounding_box_format, "xyxy", options.image_shape), true);
  const Tensor both = overlap(a, b);
  const Tensor result = both / (area(a) + area(b) - both + config::epsilon());
  if (!options.use_masking) return result;
  return ops::where(ops::logical_or(is_none(a), is_none(b)), options.mask_val, result);
}

Tensor compute_ciou(const Tensor& boxes1, const Tensor& boxes2,
                    const std::string& bounding_box_format) {
  if (bounding_box_format.find("rel") != std::string::npos)
    throw ValueError(str("compute_ciou: boxes must have an absolute format. Received: "
                         "bounding_box_format=",
                         bounding_box_format),
                     "convert them with `convert_format`.");
  const double epsilon = config::epsilon();
  const Tensors a = columns_of(convert_format(boxes1, bounding_box_format, "xyxy"), false);
  const Tensors b = columns_of(convert_format(boxes2, bounding_box_format, "xyxy"), false);
  const auto proportion = [&](const Tensors& c) {
    return ops::arctan((c[2] - c[0]) / (c[3] - c[1] + epsilon));
  };
  const auto all = [&](const Tensors& c) { return (c[2] - c[0]) * (c[3] - c[1] + epsilon); };
  const Tensor both = overlap(a, b);
  const Tensor iou = both / (all(a) + all(b) - both + 2 * epsilon);
  const Tensor width = ops::maximum(a[2], b[2]) - ops::minimum(a[0], b[0]);
  const Tensor height = ops::maximum(a[3], b[3]) - ops::minimum(a[1], b[1]);
  const Tensor right = (a[0] + a[2]) / 2.0 - (b[0] + b[2]) / 2.0;
  const Tensor down = (a[1] + a[3]) / 2.0 - (b[1] + b[3]) / 2.0;
  const Tensor apart = (right * right + down * down) / (width * width + height * height + epsilon);
  constexpr double kFactor = 4 / (std::numbers::pi * std::numbers::pi);
  const Tensor unlike = kFactor * ops::square(proportion(b) - proportion(a));
  const Tensor weight = unlike / (unlike - iou + (1 + epsilon));
  return ops::squeeze(iou - (apart + unlike * weight), {.axis = -1});
}

Tensor encode_box_to_deltas(const Tensor& anchors, const Tensor& boxes,
                            const std::string& anchor_format, const std::string& box_format,
                            const BoxDeltaOptions& options) {
  check_encoding(options.encoding_format);
  const Tensor from =
      in_format(anchors, anchor_format, options.encoding_format, options.image_shape);
  const Tensor to = in_format(boxes, box_format, options.encoding_format, options.image_shape);
  const Tensor anchor_size = ops::maximum(half(from, 1), config::epsilon());
  const Tensor box_size = ops::maximum(half(to, 1), config::epsilon());
  const Tensor deltas = ops::concatenate(
      {(half(to, 0) - half(from, 0)) / anchor_size, ops::log(box_size / anchor_size)},
      {.axis = -1});
  return options.variance ? deltas / variance_of(options) : deltas;
}

Tensor decode_deltas_to_boxes(const Tensor& anchors, const Tensor& boxes_delta,
                              const std::string& anchor_format, const std::string& box_format,
                              const BoxDeltaOptions& options) {
  check_encoding(options.encoding_format);
  const Tensor from =
      in_format(anchors, anchor_format, options.encoding_format, options.image_shape);
  const Tensor deltas = options.variance ? boxes_delta * variance_of(options) : boxes_delta;
  const Tensor boxes = ops::concatenate(
      {half(deltas, 0) * half(from, 1) + half(from, 0), ops::exp(half(deltas, 1)) * half(from, 1)},
      {.axis = -1});
  return in_format(boxes, options.encoding_format, box_format, options.image_shape);
}

}  // namespace keras::utils::bounding_boxes
