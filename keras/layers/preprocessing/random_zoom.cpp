#include "keras/layers/preprocessing/random_zoom.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_sampling.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomZoomImpl final : public GeometricImageLayer {
 public:
  RandomZoomImpl(const RandomRange& height_factor, const RandomZoomOptions& options)
      : GeometricImageLayer({"RandomZoom", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        height_factor_(height_factor),
        width_factor_(options.width_factor),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check(height_factor_);
    if (width_factor_) check(*width_factor_);
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("height_factor", height_factor_.to_config());
    config.set("width_factor", width_factor_ ? width_factor_->to_config() : Config(nullptr));
    config.set("fill_mode", sampling_.fill_mode);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    config.set("fill_value", sampling_.fill_value);
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor& images = data.images;
    const Tensor height = draw(images, 1 + height_factor_.lower(), 1 + height_factor_.upper(), 3);
    const Tensor width =
        width_factor_ ? draw(images, 1 + width_factor_->lower(), 1 + width_factor_->upper(), 3)
                      : height;
    const ImageExtent extent = extent_of(images);
    const double x = static_cast<double>(extent.width - 1) / 2;
    const double y = static_cast<double>(extent.height - 1) / 2;
    const Tensor zero = ops::zeros({1, 1, 1});
    const ImageAffine affine = {.a0 = width,
                                .a1 = zero,
                                .a2 = x * (1 - width),
                                .b0 = zero,
                                .b1 = height,
                                .b2 = y * (1 - height)};
    LabelledImages out = data;
    out.images = sample_images(images, affine, sampling_);
    out.segmentation_masks = sample_masks(data.segmentation_masks, affine, sampling_);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = zoomed(data.bounding_boxes, affine, extent);
    return out;
  }

 private:
  /// Of the part of the picture that is shown in its place.
  BoundingBoxes zoomed(const BoundingBoxes& given, const ImageAffine& part,
                       const ImageExtent& extent) const {
    const Tensor width = part.a0 * extent.width, height = part.b1 * extent.height;
    BoundingBoxes boxes = boxes_as("xyxy", given, extent);
    boxes.boxes = utils::bounding_boxes::convert_format(
        utils::bounding_boxes::crop(boxes.boxes, part.b2, part.a2, height, width), "xyxy",
        "rel_xyxy", {.height = height, .width = width});
    boxes = utils::bounding_boxes::clip_to_image_size(boxes, {.bounding_box_format = "rel_xyxy"});
    return boxes_from("rel_xyxy", boxes, extent);
  }

  static void check(const RandomRange& factor) {
    for (const double number : {factor.first(), factor.second()})
      if (!(number > -1 && number <= 1))
        throw ValueError(
            str("The `height_factor` and `width_factor` arguments should be a number (or a list of "
                "two numbers) in the range (-1.0, 1.0]. Received: input_number=",
                number));
  }

  RandomRange height_factor_;
  std::optional<RandomRange> width_factor_;
  ImageSamplingOptions sampling_;
};

}  // namespace

RandomZoom::RandomZoom(RandomRange height_factor, RandomZoomOptions options)
    : ImageLayer(std::make_shared<RandomZoomImpl>(height_factor, std::move(options))) {}

RandomZoom RandomZoom::from_config(const Config& config) {
  ConfigReader reader("RandomZoom", config);
  const RandomRange height_factor =
      RandomRange::from_config(reader.require("height_factor"), "height_factor");
  RandomZoomOptions options;
  read_range(reader, "width_factor", options.width_factor);
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_value = reader.get("fill_value", 0.0);
  read_random_image_options(reader, options);
  return RandomZoom(height_factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
