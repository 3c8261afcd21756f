#include "keras/layers/preprocessing/resizing.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_layer.h"
#include "keras/layers/preprocessing/image_size.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// Where pixels go: column · x + left, row · y + top.
struct Move {
  float x, y, left, top;
};

class ResizingImpl final : public ImageLayerImpl {
 public:
  ResizingImpl(int height, int width, ResizingOptions options)
      : ImageLayerImpl({"Resizing", options.name, options.trainable, options.dtype},
                       options.data_format, options.bounding_box_format),
        height_(height),
        width_(width),
        options_(std::move(options)) {
    check_image_size("Resizing", height, width);
    // Says what is wrong with the other arguments before the first call.
    resized(Tensor::from(std::vector<float>{0}, {1, 1, 1}), options_.interpolation);
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return resized(x, options_.interpolation);
  }

  LabelledImages change(const LabelledImages& data, bool /*training*/) override {
    LabelledImages out = data;
    out.images = resized(data.images, options_.interpolation);
    if (const Tensor& masks = data.segmentation_masks; masks.defined())
      out.segmentation_masks =
          ops::cast(resized(ops::cast(masks, DType::kFloat32), "nearest"), masks.dtype());
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = resized(data.bounding_boxes, extent_of(data.images));
    return out;
  }

  Config get_config() const override {
    Config config = ImageLayerImpl::get_config();
    config.set("height", height_);
    config.set("width", width_);
    config.set("interpolation", options_.interpolation);
    config.set("crop_to_aspect_ratio", options_.crop_to_aspect_ratio);
    config.set("pad_to_aspect_ratio", options_.pad_to_aspect_ratio);
    config.set("fill_mode", options_.fill_mode);
    config.set("fill_value", options_.fill_value);
    config.set("antialias", options_.antialias);
    return config;
  }

 private:
  Tensor resized(const Tensor& x, const std::string& interpolation) const {
    return ops::image::resize(x, {height_, width_},
                              {.interpolation = interpolation,
                               .antialias = options_.antialias,
                               .crop_to_aspect_ratio = options_.crop_to_aspect_ratio,
                               .pad_to_aspect_ratio = options_.pad_to_aspect_ratio,
                               .fill_mode = options_.fill_mode,
                               .fill_value = options_.fill_value,
                               .data_format = data_format()});
  }

  Move move_of(const ImageExtent& picture) const {
    const auto rows = static_cast<float>(picture.height),
               columns = static_cast<float>(picture.width);
    const auto height = static_cast<float>(height_), width = static_cast<float>(width_);
    if (options_.pad_to_aspect_ratio) {
      const float scale = std::min(height / rows, width / columns);
      return {scale, scale, std::floor((width - columns * scale) / 2),
              std::floor((height - rows * scale) / 2)};
    }
    if (!options_.crop_to_aspect_ratio) return {width / columns, height / rows, 0, 0};
    const float aspect = columns / rows;
    const bool is_wide = aspect > width / height;
    const float new_width = is_wide ? height * aspect : width;
    const float new_height = is_wide ? height : width / aspect;
    return {new_width / columns, new_height / rows, -std::floor((new_width - width) / 2),
            -std::floor((new_height - height) / 2)};
  }

  BoundingBoxes resized(const BoundingBoxes& given, const ImageExtent& picture) const {
    const auto [x, y, left, top] = move_of(picture);
    BoundingBoxes boxes = boxes_as("xyxy", given, picture);
    boxes.boxes =
        boxes.boxes * Tensor::of<float>({x, y, x, y}) + Tensor::of<float>({left, top, left, top});
    boxes = utils::bounding_boxes::clip_to_image_size(boxes, {.height = height_, .width = width_});
    // Boxes of zeros and of -1 only fill up.
    const auto are_all = [&](int value) {
      return ops::all(ops::equal(given.boxes, value), {.axis = -1, .keepdims = true});
    };
    boxes.boxes = ops::where(ops::logical_or(are_all(-1), are_all(0)), 0.0, boxes.boxes);
    return boxes_from("xyxy", boxes, {height_, width_});
  }

  int height_;
  int width_;
  ResizingOptions options_;
};

}  // namespace

Resizing::Resizing(int height, int width, ResizingOptions options)
    : ImageLayer(std::make_shared<ResizingImpl>(height, width, std::move(options))) {}

Resizing Resizing::from_config(const Config& config) {
  ConfigReader reader("Resizing", config);
  const auto [height, width] = read_image_size(reader);
  ResizingOptions options;
  options.interpolation = reader.get("interpolation", "bilinear");
  options.crop_to_aspect_ratio = reader.get("crop_to_aspect_ratio", false);
  options.pad_to_aspect_ratio = reader.get("pad_to_aspect_ratio", false);
  options.fill_mode = reader.get("fill_mode", "constant");
  options.fill_value = reader.get("fill_value", 0.0);
  options.antialias = reader.get("antialias", false);
  read_image_options(reader, options);
  return Resizing(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
