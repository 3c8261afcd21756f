#include "keras/utils/bounding_boxes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <numbers>
#include <string_view>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::utils::bounding_boxes {
namespace {

/// A box's four numbers, each (…, 1).
using Columns = std::array<Tensor, 4>;

constexpr std::string_view kFormats[] = {"xyxy",        "yxyx",        "xywh",
                                         "center_xywh", "center_yxhw", "rel_xyxy",
                                         "rel_yxyx",    "rel_xywh",    "rel_center_xywh"};
constexpr std::string_view kRelative = "rel_";

Columns columns_of(const Tensor& boxes) {
  if (boxes.rank() < 1 || boxes.shape()[-1] != 4)
    throw ValueError(
        str("`boxes` must be a tensor with the last dimension of 4. Received: boxes.shape=",
            boxes.shape()));
  const Tensors parts = ops::split(boxes, 4, {.axis = -1});
  return {parts[0], parts[1], parts[2], parts[3]};
}

Tensor joined(const Columns& c) { return ops::concatenate({c[0], c[1], c[2], c[3]}, {.axis = -1}); }

std::string known_format(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (std::find(std::begin(kFormats), std::end(kFormats), name) == std::end(kFormats))
    throw ValueError(str("Invalid source or target format. Received: ", name,
                         ". Supported formats: xyxy, yxyx, xywh, center_xywh, center_yxhw, "
                         "rel_xyxy, rel_yxyx, rel_xywh, rel_center_xywh"));
  return name;
}

bool is_relative(const std::string& format) { return format.starts_with(kRelative); }

std::string absolute(const std::string& format) {
  return is_relative(format) ? format.substr(kRelative.size()) : format;
}

Columns to_xyxy(const Columns& c, const std::string& format) {
  const auto around = [](const Tensor& x, const Tensor& y, const Tensor& w, const Tensor& h) {
    return Columns{x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0};
  };
  if (format == "yxyx") return {c[1], c[0], c[3], c[2]};
  if (format == "xywh") return {c[0], c[1], c[0] + c[2], c[1] + c[3]};
  if (format == "center_xywh") return around(c[0], c[1], c[2], c[3]);
  if (format == "center_yxhw") return around(c[1], c[0], c[3], c[2]);
  return c;
}

Columns from_xyxy(const Columns& c, const std::string& format) {
  if (format == "xyxy") return c;
  if (format == "yxyx") return {c[1], c[0], c[3], c[2]};
  const Tensor w = c[2] - c[0], h = c[3] - c[1];
  if (format == "xywh") return {c[0], c[1], w, h};
  const Tensor x = c[0] + w / 2.0, y = c[1] + h / 2.0;
  return format == "center_xywh" ? Columns{x, y, w, h} : Columns{y, x, h, w};
}

/// The size that each of a format's numbers is a share of.
Columns sizes_of(const std::string& format, const ConvertFormatOptions& options) {
  const Tensor w = ops::cast(options.width, options.dtype);
  const Tensor h = ops::cast(options.height, options.dtype);
  return format == "yxyx" ? Columns{h, w, h, w} : Columns{w, h, w, h};
}

void check_xyxy(const char* function, const std::string& format) {
  if (format != "xyxy")
    throw ValueError(str(function,
                         ": boxes must have the format \"xyxy\". Received: "
                         "bounding_box_format=",
                         format),
                     "convert them with `convert_format`.");
}

Tensor clipped(const Tensor& x, const Tensor& most) {
  return ops::minimum(ops::maximum(x, 0.0), most);
}

/// Where a point goes: x = a0·x + a1·y + a2 and y = b0·x + b1·y + b2, each (batch, 1, 1).
struct Matrix {
  Tensor a0, a1, a2, b0, b1, b2;
};

/// The inverse of what the picture's pixels are taken through.
Matrix inverse_matrix(const AffineChange& change, const Tensor& height, const Tensor& width,
                      const AffineTransformOptions& options) {
  constexpr double kDegree = std::numbers::pi / 180;
  const auto spread = [](const Tensor& x) { return ops::reshape(x, {-1, 1, 1}); };
  const Tensor turn = spread(change.angle) * -kDegree, scale = spread(change.scale);
  const Tensor shear_x = spread(change.shear_x) * -kDegree;
  const Tensor shear_y = spread(change.shear_y) * -kDegree;
  const Tensor center_x = options.center_x * (width - 1);
  const Tensor center_y = options.center_y * (height - 1);
  const Tensor x = center_x - spread(change.translate_x) * (width - 1);
  const Tensor y = center_y - spread(change.translate_y) * (height - 1);
  const Tensor a = ops::cos(turn - shear_y) / ops::cos(shear_y);
  const Tensor b = a * ops::tan(shear_x) + ops::sin(turn);
  const Tensor c = -ops::sin(turn - shear_y) / ops::cos(shear_y);
  const Tensor d = ops::cos(turn) - c * ops::tan(shear_x);
  const Tensor a0 = d * scale, a1 = -b * scale, b0 = -c * scale, b1 = a * scale;
  return {a0, a1, center_x - a0 * x - a1 * y, b0, b1, center_y - b0 * x - b1 * y};
}

}  // namespace

Tensor convert_format(const Tensor& boxes, const std::string& source, const std::string& target,
                      const ConvertFormatOptions& options) {
  const std::string from = known_format(source), to = known_format(target);
  if ((is_relative(from) || is_relative(to)) &&
      !(options.height.defined() && options.width.defined()))
    throw ValueError(
        str("convert_format() must receive `height` and `width` transforming between "
            "relative and absolute formats. Received: source=",
            source, ", target=", target));
  const Tensor given = ops::cast(boxes, options.dtype);
  Columns columns = columns_of(given);
  if (from == to) return given;
  columns = to_xyxy(columns, absolute(from));
  const bool one_is = is_relative(from) != is_relative(to);
  if (one_is && is_relative(from)) {
    const Columns sizes = sizes_of("xyxy", options);
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = columns[i] * sizes[i];
  }
  columns = from_xyxy(columns, absolute(to));
  if (one_is && is_relative(to)) {
    const Columns sizes = sizes_of(absolute(to), options);
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = columns[i] / sizes[i];
  }
  return joined(columns);
}

BoundingBoxes clip_to_image_size(const BoundingBoxes& bounding_boxes,
                                 const ClipToImageSizeOptions& options) {
  const bool relative = options.bounding_box_format == "rel_xyxy";
  if (!relative) check_xyxy("clip_to_image_size", options.bounding_box_format);
  if (!relative && !(options.height.defined() && options.width.defined()))
    throw ValueError("`height` and `width` must be set if `format='xyxy'`.");
  const DType dtype = bounding_boxes.boxes.dtype();
  const Tensor width = relative ? Tensor(1.0) : ops::cast(options.width, dtype);
  const Tensor height = relative ? Tensor(1.0) : ops::cast(options.height, dtype);
  Columns c = columns_of(bounding_boxes.boxes);
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = clipped(c[i], i % 2 == 0 ? width : height);
  BoundingBoxes out{joined(c), bounding_boxes.labels};
  if (!out.labels.defined()) return out;
  const Tensor area = ops::squeeze((c[2] - c[0]) * (c[3] - c[1]), {.axis = -1});
  out.labels = ops::where(ops::greater(area, 0), out.labels, -1);
  return out;
}

Tensor affine_transform(const Tensor& boxes, const AffineChange& change, const Tensor& height,
                        const Tensor& width, const AffineTransformOptions& options) {
  check_xyxy("affine_transform", options.bounding_box_format);
  const Matrix m = inverse_matrix(change, height, width, options);
  const Columns c = columns_of(ops::cast(boxes, change.angle.dtype()));
  Tensors xs, ys;
  for (const std::size_t column : {0u, 2u})
    for (const std::size_t row : {1u, 3u}) {
      xs.push_back(c[column] * m.a0 + c[row] * m.a1 + m.a2);
      ys.push_back(c[column] * m.b0 + c[row] * m.b1 + m.b2);
    }
  const Tensor x = ops::concatenate(xs, {.axis = -1}), y = ops::concatenate(ys, {.axis = -1});
  return ops::stack({ops::amin(x, {.axis = -1}), ops::amin(y, {.axis = -1}),
                     ops::amax(x, {.axis = -1}), ops::amax(y, {.axis = -1})},
                    {.axis = -1});
}

Tensor crop(const Tensor& boxes, const Tensor& top, const Tensor& left, const Tensor& height,
            const Tensor& width, const std::string& bounding_box_format) {
  check_xyxy("crop", bounding_box_format);
  const Columns c = columns_of(boxes);
  return joined({clipped(c[0] - left, width), clipped(c[1] - top, height),
                 clipped(c[2] - left, width), clipped(c[3] - top, height)});
}

Tensor pad(const Tensor& boxes, const Tensor& top, const Tensor& left,
           const std::string& bounding_box_format) {
  check_xyxy("pad", bounding_box_format);
  const Columns c = columns_of(boxes);
  return joined({c[0] + left, c[1] + top, c[2] + left, c[3] + top});
}

}  // namespace keras::utils::bounding_boxes
