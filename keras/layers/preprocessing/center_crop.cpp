#include "keras/layers/preprocessing/center_crop.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_layer.h"
#include "keras/layers/preprocessing/image_size.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"

namespace keras::layers {
namespace {

class CenterCropImpl final : public ImageLayerImpl {
 public:
  CenterCropImpl(int height, int width, const CenterCropOptions& options)
      : ImageLayerImpl({"CenterCrop", options.name, options.trainable, options.dtype},
                       options.data_format, options.bounding_box_format),
        height_(height),
        width_(width) {
    check_image_size("CenterCrop", height, width);
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (x.rank() != 3 && x.rank() != 4)
      throw ShapeError(
          str("`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) "
              "or 4 (batched). Received: input_shape=",
              x.shape()));
    const Tensor images = ops::cast(x, compute_dtype());
    const int first = channels_first() ? -2 : -3;
    const std::int64_t more_rows = images.shape()[first] - height_;
    const std::int64_t more_columns = images.shape()[first + 1] - width_;
    if (more_rows < 0 || more_columns < 0)
      return ops::image::resize(images, {height_, width_},
                                {.crop_to_aspect_ratio = true, .data_format = data_format()});
    return ops::image::crop_images(images, {.top_cropping = more_rows / 2,
                                            .left_cropping = more_columns / 2,
                                            .target_height = height_,
                                            .target_width = width_,
                                            .data_format = data_format()});
  }

  LabelledImages change(const LabelledImages& data, bool training) override {
    const CallContext context{.training = training};
    LabelledImages out = data;
    out.images = call(data.images, context);
    if (data.segmentation_masks.defined())
      out.segmentation_masks = call(data.segmentation_masks, context);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = cut(data.bounding_boxes, extent_of(data.images));
    return out;
  }

  Config get_config() const override {
    Config config = ImageLayerImpl::get_config();
    config.set("height", height_);
    config.set("width", width_);
    return config;
  }

 private:
  BoundingBoxes cut(const BoundingBoxes& boxes, const ImageExtent& picture) const {
    ImageExtent part{height_, width_};
    // What is too small is resized from the largest part of the same proportions.
    if (picture.height < height_ || picture.width < width_) {
      const auto fitting = [](std::int64_t most, std::int64_t other, int side, int other_side) {
        const double size = static_cast<double>(other * side) / other_side;
        return std::max<std::int64_t>(std::min(most, static_cast<std::int64_t>(size)), 1);
      };
      part = {fitting(picture.height, picture.width, height_, width_),
              fitting(picture.width, picture.height, width_, height_)};
    }
    return cut_boxes(boxes, picture, (picture.height - part.height) / 2,
                     (picture.width - part.width) / 2, part, {height_, width_});
  }

  int height_;
  int width_;
};

}  // namespace

CenterCrop::CenterCrop(int height, int width, CenterCropOptions options)
    : ImageLayer(std::make_shared<CenterCropImpl>(height, width, options)) {}

CenterCrop CenterCrop::from_config(const Config& config) {
  ConfigReader reader("CenterCrop", config);
  const auto [height, width] = read_image_size(reader);
  CenterCropOptions options;
  read_image_options(reader, options);
  return CenterCrop(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
