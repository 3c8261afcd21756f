#include "keras/layers/preprocessing/random_flip.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomFlipImpl final : public GeometricImageLayer {
 public:
  explicit RandomFlipImpl(RandomFlipOptions options)
      : GeometricImageLayer({"RandomFlip", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        mode_(std::move(options.mode)) {
    if (mode_ != "horizontal" && mode_ != "vertical" && mode_ != "horizontal_and_vertical")
      throw ValueError(
          str("RandomFlip: `mode` must be \"horizontal\", \"vertical\" or "
              "\"horizontal_and_vertical\". Received: mode=",
              mode_));
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("seed", seed_config());
    config.set("mode", mode_);
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const Tensor flips = ops::less_equal(draw(data.images, 0, 1, 4), 0.5);
    LabelledImages out = data;
    out.images = flipped(data.images, flips);
    if (const Tensor& masks = data.segmentation_masks; masks.defined())
      out.segmentation_masks = flipped(ops::cast(masks, compute_dtype()), flips);
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes =
          flipped(data.bounding_boxes, ops::squeeze(flips, {.axis = -1}), extent_of(data.images));
    return out;
  }

 private:
  Tensor flipped(const Tensor& images, const Tensor& flips) const {
    Tensor other = images;
    if (mode_ != "vertical") other = ops::flip(other, {.axis = row_axis() + 1});
    if (mode_ != "horizontal") other = ops::flip(other, {.axis = row_axis()});
    return ops::where(flips, other, images);
  }

  BoundingBoxes flipped(const BoundingBoxes& given, const Tensor& flips,
                        const ImageExtent& extent) const {
    BoundingBoxes boxes = boxes_as("rel_xyxy", given, extent);
    const Tensors c = ops::split(boxes.boxes, 4, {.axis = -1});
    const bool across = mode_ != "vertical", down = mode_ != "horizontal";
    const Tensor other = ops::concatenate({across ? 1.0 - c[2] : c[0], down ? 1.0 - c[3] : c[1],
                                           across ? 1.0 - c[0] : c[2], down ? 1.0 - c[1] : c[3]},
                                          {.axis = -1});
    boxes.boxes = ops::where(flips, other, boxes.boxes);
    // As in Keras, the shares of the picture are cut where its pixels would end.
    boxes = utils::bounding_boxes::clip_to_image_size(
        boxes, {.height = extent.height, .width = extent.width});
    return boxes_from("rel_xyxy", boxes, extent);
  }

  std::string mode_;
};

}  // namespace

RandomFlip::RandomFlip(RandomFlipOptions options)
    : ImageLayer(std::make_shared<RandomFlipImpl>(std::move(options))) {}

RandomFlip RandomFlip::from_config(const Config& config) {
  ConfigReader reader("RandomFlip", config);
  RandomFlipOptions options;
  options.mode = reader.get("mode", "horizontal_and_vertical");
  read_random_image_options(reader, options);
  return RandomFlip(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
