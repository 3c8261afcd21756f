#include "keras/layers/preprocessing/random_translation.h"

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

class RandomTranslationImpl final : public GeometricImageLayer {
 public:
  RandomTranslationImpl(const RandomRange& height_factor, const RandomRange& width_factor,
                        const RandomTranslationOptions& options)
      : GeometricImageLayer({"RandomTranslation", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        height_factor_(height_factor),
        width_factor_(width_factor),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check(height_factor_);
    check(width_factor_);
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("height_factor", height_factor_.to_config());
    config.set("width_factor", width_factor_.to_config());
    config.set("fill_mode", sampling_.fill_mode);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    config.set("fill_value", sampling_.fill_value);
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor& images = data.images;
    const ImageExtent extent = extent_of(images);
    const auto height = static_cast<double>(extent.height);
    const auto width = static_cast<double>(extent.width);
    const Tensor down = draw(images, height_factor_.lower(), height_factor_.upper(), 3) * height;
    const Tensor right = draw(images, width_factor_.lower(), width_factor_.upper(), 3) * width;
    const Tensor zero = ops::zeros({1, 1, 1});
    const Tensor one = ops::ones({1, 1, 1});
    const ImageAffine affine = {
        .a0 = one, .a1 = zero, .a2 = -right, .b0 = zero, .b1 = one, .b2 = -down};
    LabelledImages out = data;
    out.images = sample_images(images, affine, sampling_);
    out.segmentation_masks = sample_masks(data.segmentation_masks, affine, sampling_);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes = shifted(data.bounding_boxes, right, down, extent);
    return out;
  }

 private:
  BoundingBoxes shifted(const BoundingBoxes& given, const Tensor& right, const Tensor& down,
                        const ImageExtent& extent) const {
    BoundingBoxes boxes = boxes_as("xyxy", given, extent);
    boxes.boxes = utils::bounding_boxes::pad(boxes.boxes, down, right);
    return clipped(boxes, extent);
  }

  static void check(const RandomRange& factor) {
    for (const double number : {factor.first(), factor.second()})
      if (!(number >= -1 && number <= 1))
        throw ValueError(
            str("The `factor` argument should be a number (or a list of two numbers) in the range "
                "[-1.0, 1.0]. Received: input_number=",
                number));
  }

  RandomRange height_factor_, width_factor_;
  ImageSamplingOptions sampling_;
};

}  // namespace

RandomTranslation::RandomTranslation(RandomRange height_factor, RandomRange width_factor,
                                     RandomTranslationOptions options)
    : ImageLayer(std::make_shared<RandomTranslationImpl>(height_factor, width_factor,
                                                         std::move(options))) {}

RandomTranslation RandomTranslation::from_config(const Config& config) {
  ConfigReader reader("RandomTranslation", config);
  const RandomRange height_factor =
      RandomRange::from_config(reader.require("height_factor"), "height_factor");
  const RandomRange width_factor =
      RandomRange::from_config(reader.require("width_factor"), "width_factor");
  RandomTranslationOptions options;
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_value = reader.get("fill_value", 0.0);
  read_random_image_options(reader, options);
  return RandomTranslation(height_factor, width_factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
