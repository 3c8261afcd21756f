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

class RandomCropImpl final : public RandomImageLayer {
 public:
  RandomCropImpl(int height, int width, RandomCropOptions options)
      : RandomImageLayer({"RandomCrop", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        height_(height),
        width_(width),
        // Keras saves the seed that it chose.
        config_seed_(options.seed ? *options.seed : random::make_default_seed()) {
    check_image_size("RandomCrop", height, width);
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("height", height_);
    config.set("width", width_);
    config.set("seed", config_seed_);
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const std::int64_t rows = images.shape()[row_axis()];
    const std::int64_t columns = images.shape()[row_axis() + 1];
    if (rows <= height_ || columns <= width_) return middle(images, rows, columns);
    const Tensor top = place(rows - height_);
    const Tensor left = place(columns - width_);
    const Tensor cut = ops::take(images, top + ops::arange(height_), {.axis = row_axis()});
    return ops::take(cut, left + ops::arange(width_), {.axis = row_axis() + 1});
  }

 private:
  Tensor place(std::int64_t last) const {
    const Tensor at = draw_scalar(0, static_cast<double>(last + 1));
    return ops::minimum(ops::cast(at, DType::kInt32), static_cast<int>(last));
  }

  /// As in Keras the place, not the size, is that of the part with the new proportions.
  Tensor middle(const Tensor& images, std::int64_t rows, std::int64_t columns) const {
    const auto fitting = [](std::int64_t most, std::int64_t other, int side, int other_side) {
      const auto size = static_cast<std::int64_t>(static_cast<double>(other * side) / other_side);
      return std::max<std::int64_t>(std::min(most, size), 1);
    };
    const std::int64_t top = (rows - fitting(rows, columns, height_, width_)) / 2;
    const std::int64_t left = (columns - fitting(columns, rows, width_, height_)) / 2;
    const Tensor cut = ops::slice_axis(images, row_axis(), top, std::min(rows, top + height_));
    return resized(ops::slice_axis(cut, row_axis() + 1, left, std::min(columns, left + width_)));
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
    : Layer(std::make_shared<RandomCropImpl>(height, width, std::move(options))) {}

RandomCrop RandomCrop::from_config(const Config& config) {
  ConfigReader reader("RandomCrop", config);
  const int height = reader.require_int("height");
  const int width = reader.require_int("width");
  RandomCropOptions options;
  read_random_image_options(reader, options);
  return RandomCrop(height, width, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
