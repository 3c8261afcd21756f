#include "keras/layers/preprocessing/random_crop.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_size.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomCropImpl final : public GeometricImageLayer {
 public:
  RandomCropImpl(int height, int width, RandomCropOptions options)
      : GeometricImageLayer({"RandomCrop", options.name, options.trainable, options.dtype},
                            options.data_format, options.seed, options.bounding_box_format),
        height_(height),
        width_(width),
        // Keras saves the seed that it chose.
        config_seed_(options.seed ? *options.seed : random::make_default_seed()) {
    check_image_size("RandomCrop", height, width);
  }

  Config get_config() const override {
    Config config = GeometricImageLayer::get_config();
    config.set("height", height_);
    config.set("width", width_);
    config.set("seed", config_seed_);
    return config;
  }

 protected:
  LabelledImages transform_labelled(const LabelledImages& data) override {
    const ImageExtent extent = extent_of(data.images);
    const Part part = extent.height > height_ && extent.width > width_
                          ? Part{place(extent.height - height_), place(extent.width - width_)}
                          : middle(extent.height, extent.width);
    LabelledImages out = data;
    out.images = cut(data.images, part);
    if (const Tensor& masks = data.segmentation_masks; masks.defined())
      out.segmentation_masks = cut(ops::cast(masks, compute_dtype()), part);
    // Keras exchanges rows and columns here, and forgets that images are resized.
    if (data.bounding_boxes.boxes.defined())
      out.bounding_boxes =
          cut_boxes(data.bounding_boxes, extent, part.top, part.left,
                    part.at ? part.at->extent : ImageExtent{height_, width_}, {height_, width_});
    return out;
  }

 private:
  /// Where the result is taken from; of another size where `at` is given.
  struct Part {
    struct Place {
      std::int64_t top, left;
      ImageExtent extent;
    };
    Tensor top, left;
    std::optional<Place> at = {};
  };

  Tensor cut(const Tensor& images, const Part& part) const {
    if (part.at) {
      const auto& [top, left, extent] = *part.at;
      const Tensor rows = ops::slice_axis(images, row_axis(), top, top + extent.height);
      return resized(ops::slice_axis(rows, row_axis() + 1, left, left + extent.width));
    }
    const Tensor rows = ops::take(images, part.top + ops::arange(height_), {.axis = row_axis()});
    return ops::take(rows, part.left + ops::arange(width_), {.axis = row_axis() + 1});
  }

  Tensor place(std::int64_t last) const {
    const Tensor at = draw_scalar(0, static_cast<double>(last + 1));
    return ops::minimum(ops::cast(at, DType::kInt32), static_cast<int>(last));
  }

  /// As in Keras the place, not the size, is that of the part with the new proportions.
  Part middle(std::int64_t rows, std::int64_t columns) const {
    const auto fitting = [](std::int64_t most, std::int64_t other, int side, int other_side) {
      const auto size = static_cast<std::int64_t>(static_cast<double>(other * side) / other_side);
      return std::max<std::int64_t>(std::min(most, size), 1);
    };
    const std::int64_t top = (rows - fitting(rows, columns, height_, width_)) / 2;
    const std::int64_t left = (columns - fitting(columns, rows, width_, height_)) / 2;
    const ImageExtent extent{std::min<std::int64_t>(rows - top, height_),
                             std::min<std::int64_t>(columns - left, width_)};
    return {top, left, Part::Place{top, left, extent}};
  }

  Tensor resized(const Tensor& images) const {
    return ops::image::resize(
        images, {height_, width_},
        {.data_format = channels_first() ? "channels_first" : "channels_last"});
  }

  int height_;
  int width_;
  std::int64_t config_seed_;
};

}  // namespace

RandomCrop::RandomCrop(int height, int width, RandomCropOptions options)
    : ImageLayer(std::make_shared<RandomCropImpl>(height, width, std::move(options))) {}

RandomCrop RandomCrop::from_config(const Config& config) {
  ConfigReader reader("RandomCrop", config);
  const int height = reader.require_int("height");
  const int width = reader.require_int("width");
  RandomCropOptions options;
  read_random_image_options(reader, options);
  return RandomCrop(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
