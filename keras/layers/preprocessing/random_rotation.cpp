#include "keras/layers/preprocessing/random_rotation.h"

#include <memory>
#include <numbers>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_sampling.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomRotationImpl final : public GeometricImageLayer {
 public:
  RandomRotationImpl(const RandomRange& factor, const RandomRotationOptions& options)
      : GeometricImageLayer({"RandomRotation", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(factor, -1, 1)),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("fill_mode", sampling_.fill_mode);
    config.set("fill_value", sampling_.fill_value);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    constexpr double kCircle = 2 * std::numbers::pi;
    const Tensor& images = data.images;
    const Tensor angle = draw(images, factor_.lower() * kCircle, factor_.upper() * kCircle, 3);
    const Tensor cosine = ops::cos(angle);
    const Tensor sine = ops::sin(angle);
    const ImageExtent extent = extent_of(images);
    const double x = static_cast<double>(extent.width - 1) / 2;
    const double y = static_cast<double>(extent.height - 1) / 2;
    const ImageAffine affine = {.a0 = cosine,
                                .a1 = -sine,
                                .a2 = x - x * cosine + y * sine,
                                .b0 = sine,
                                .b1 = cosine,
                                .b2 = y - x * sine - y * cosine};
    LabelledImages out = data;
    out.images = sample_images(images, affine, sampling_);
    out.segmentation_masks = sample_masks(data.segmentation_masks, affine, sampling_);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = turned(data.bounding_boxes, angle * (360 / kCircle), extent);
    return out;
  }

 private:
  /// Keras takes boxes of every format for those of "xyxy" here.
  BoundingBoxes turned(const BoundingBoxes& given, const Tensor& degrees,
                       const ImageExtent& extent) const {
    BoundingBoxes boxes = boxes_as("xyxy", given, extent);
    const Tensor zero = ops::zeros({1}), one = ops::ones({1});
    boxes.boxes = utils::bounding_boxes::affine_transform(
        boxes.boxes, {ops::reshape(degrees, {-1}), zero, zero, one, zero, zero}, extent.height,
        extent.width);
    return clipped(boxes, extent);
  }

  RandomRange factor_;
  ImageSamplingOptions sampling_;
};

}  // namespace

RandomRotation::RandomRotation(RandomRange factor, RandomRotationOptions options)
    : ImageLayer(std::make_shared<RandomRotationImpl>(factor, std::move(options))) {}

RandomRotation RandomRotation::from_config(const Config& config) {
  ConfigReader reader("RandomRotation", config);
  const RandomRange factor = RandomRange::from_config(reader.require("factor"), "factor");
  RandomRotationOptions options;
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_value = reader.get("fill_value", 0.0);
  read_random_image_options(reader, options);
  return RandomRotation(factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
