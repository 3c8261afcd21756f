#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/image.h"
#include "keras/ops/image/batches.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::ops::image {
namespace {

using Given = std::optional<std::int64_t>;

Config config_of(const Given& value) { return value ? Config(*value) : Config(); }

std::string text_of(const Given& value) { return value ? std::to_string(*value) : "None"; }

/// The arguments for one axis and their names.
struct Side {
  std::string before_name, after_name, target_name;
  Given before, after, target;
};

void refuse_negative(const std::string& name, const Given& value) {
  if (value && *value < 0)
    throw ValueError(str(name, " must be >= 0. Received: ", name, "=", *value));
}

void check(const Side& side) {
  if (side.before.has_value() + side.after.has_value() + side.target.has_value() != 2)
    throw ValueError(str("Must specify exactly two of ", side.before_name, ", ", side.after_name,
                         ", ", side.target_name, ". Received: ", side.before_name, "=",
                         text_of(side.before), ", ", side.after_name, "=", text_of(side.after),
                         ", ", side.target_name, "=", text_of(side.target)));
  refuse_negative(side.before_name, side.before);
  refuse_negative(side.after_name, side.after);
  refuse_negative(side.target_name, side.target);
}

/// What is missing of before + size + after = target.
std::pair<std::int64_t, std::int64_t> padding_of(const Side& side, std::int64_t size) {
  const std::int64_t before = side.before ? *side.before : *side.target - *side.after - size;
  const std::int64_t after = side.after ? *side.after : *side.target - before - size;
  refuse_negative(side.before_name, before);
  refuse_negative(side.after_name, after);
  return {before, after};
}

/// Where the part of an axis starts, and its size: before + target + after = size.
std::pair<std::int64_t, std::int64_t> part_of(const Side& side, std::int64_t size) {
  const std::int64_t before = side.before ? *side.before : size - *side.target - *side.after;
  const std::int64_t target = side.target ? *side.target : size - before - *side.after;
  refuse_negative(side.before_name, before);
  refuse_negative(side.target_name, target);
  refuse_negative(side.after_name, size - before - target);
  return {before, target};
}

/// Every element of a window, with the places of one axis a stride apart.
Tensor at_offset(const Tensor& x, int axis, std::int64_t offset, std::int64_t stride,
                 std::int64_t count) {
  return slice_axis(x, axis, offset, offset + (count - 1) * stride + 1, stride);
}

struct PatchAxis {
  std::int64_t size, stride, dilation, count;
};

/// The patches of a channels-last batch.
Tensor patches_of_batch(const Tensor& given, const SpatialSizes& size,
                        const ExtractPatchesOptions& options) {
  const std::vector<std::int64_t> spatial = spatial_shape(given.shape(), "extract_patches");
  const int axes = static_cast<int>(spatial.size());
  const auto sizes = size.for_axes(axes, "size");
  const auto strides = options.strides.given() ? options.strides.for_axes(axes, "strides") : sizes;
  const auto dilation = options.dilation_rate.for_axes(axes, "dilation_rate");
  const bool same = standardize_padding(options.padding) == "same";
  std::vector<std::pair<std::int64_t, std::int64_t>> zeros{{0, 0}};
  std::vector<std::int64_t> counts;
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    const Padding sides =
        same ? same_padding(spatial[i], sizes[i], strides[i], dilation[i]) : Padding{};
    zeros.emplace_back(sides.low, sides.high);
    const std::int64_t room =
        spatial[i] + sides.low + sides.high - (sizes[i] - 1) * dilation[i] - 1;
    if (room < 0)
      throw ShapeError(str("extract_patches: patches of ", Shape(sizes), " with dilation ",
                           Shape(dilation), " do not fit into images of ", Shape(spatial), "."));
    counts.push_back(room / strides[i] + 1);
  }
  zeros.emplace_back(0, 0);
  Tensors parts{same ? pad(given, zeros) : given};
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    Tensors finer;
    for (const Tensor& part : parts)
      for (std::int64_t place = 0; place < sizes[i]; ++place)
        finer.push_back(
            at_offset(part, static_cast<int>(i) + 1, place * dilation[i], strides[i], counts[i]));
    parts = std::move(finer);
  }
  return concatenate(parts, {.axis = -1});
}

Tensor patches(const Tensor& images, const SpatialSizes& size, int axes,
               const ExtractPatchesOptions& options) {
  if (images.rank() != axes + 1 && images.rank() != axes + 2)
    throw ShapeError(str("extract_patches: expected images of rank ", axes + 1, " or ", axes + 2,
                         ". Received: images.shape=", images.shape()));
  const bool single = images.rank() == axes + 1;
  const Tensor batch = single ? expand_dims(images, {.axis = 0}) : images;
  const Tensor x = to_channels_last(batch, options.data_format);
  const Tensor y = from_channels_last(patches_of_batch(x, size, options), options.data_format);
  return single ? squeeze(y, {.axis = 0}) : y;
}

Tensor recorded_patches(const Tensor& images, const SpatialSizes& size, int axes,
                        ExtractPatchesOptions options) {
  options.data_format = standardize_data_format(options.data_format);
  const Config config{
      {"size", Config::list_of(size.for_axes(axes, "size"))},
      {"strides", options.strides.given() ? options.strides.config() : size.config()},
      {"dilation_rate", options.dilation_rate.config()},
      {"padding", options.padding},
      {"data_format", options.data_format}};
  return record_unary("ExtractPatches", images, config,
                      [=](const Tensor& x) { return patches(x, size, axes, options); });
}

}  // namespace

Tensor pad_images(const Tensor& images, PadImagesOptions o) {
  const Side rows{"top_padding", "bottom_padding", "target_height",
                  o.top_padding, o.bottom_padding, o.target_height};
  const Side columns{"left_padding", "right_padding", "target_width",
                     o.left_padding, o.right_padding, o.target_width};
  check_image_rank(images);
  check(rows);
  check(columns);
  const std::string format = standardize_data_format(o.data_format);
  const Config config{{"top_padding", config_of(o.top_padding)},
                      {"left_padding", config_of(o.left_padding)},
                      {"bottom_padding", config_of(o.bottom_padding)},
                      {"right_padding", config_of(o.right_padding)},
                      {"target_height", config_of(o.target_height)},
                      {"target_width", config_of(o.target_width)},
                      {"data_format", format}};
  return record_unary("PadImages", images, config, [=](const Tensor& x) {
    const ImageAxes axes(x, format);
    std::vector<std::pair<std::int64_t, std::int64_t>> sides(static_cast<std::size_t>(x.rank()));
    sides[static_cast<std::size_t>(axes.height)] = padding_of(rows, x.shape()[axes.height]);
    sides[static_cast<std::size_t>(axes.width)] = padding_of(columns, x.shape()[axes.width]);
    return pad(x, sides);
  });
}

Tensor crop_images(const Tensor& images, CropImagesOptions o) {
  const Side rows{"top_cropping", "bottom_cropping", "target_height",
                  o.top_cropping, o.bottom_cropping, o.target_height};
  const Side columns{"left_cropping", "right_cropping", "target_width",
                     o.left_cropping, o.right_cropping, o.target_width};
  check_image_rank(images);
  check(rows);
  check(columns);
  const std::string format = standardize_data_format(o.data_format);
  const Config config{{"top_cropping", config_of(o.top_cropping)},
                      {"left_cropping", config_of(o.left_cropping)},
                      {"bottom_cropping", config_of(o.bottom_cropping)},
                      {"right_cropping", config_of(o.right_cropping)},
                      {"target_height", config_of(o.target_height)},
                      {"target_width", config_of(o.target_width)},
                      {"data_format", format}};
  return record_unary("CropImages", images, config, [=](const Tensor& x) {
    const ImageAxes axes(x, format);
    const auto [top, height] = part_of(rows, x.shape()[axes.height]);
    const auto [left, width] = part_of(columns, x.shape()[axes.width]);
    return slice_axis(slice_axis(x, axes.height, top, top + height), axes.width, left,
                      left + width);
  });
}

Tensor extract_patches(const Tensor& images, SpatialSizes size, ExtractPatchesOptions options) {
  const Config config = size.config();
  const int axes = config.is_list() && config.as_list().size() == 3 ? 3 : 2;
  return recorded_patches(images, size, axes, std::move(options));
}

Tensor extract_patches_3d(const Tensor& volumes, SpatialSizes size, ExtractPatchesOptions options) {
  return recorded_patches(volumes, size, 3, std::move(options));
}

}  // namespace keras::ops::image
