#include "keras/layers/preprocessing/random_contrast.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomContrastImpl final : public RandomImageLayer {
 public:
  RandomContrastImpl(const RandomRange& factor, const RandomContrastOptions& options)
      : RandomImageLayer({"RandomContrast", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(factor, 0, 1)),
        value_range_(options.value_range) {}

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor factor =
        ops::cast(draw(images, 1 - factor_.lower(), 1 + factor_.upper(), 4), images.dtype());
    const Tensor mean = ops::mean(images, {.axis = {row_axis(), row_axis() + 1}, .keepdims = true});
    return ops::clip((images - mean) * factor + mean, value_range_[0], value_range_[1]);
  }

 private:
  RandomRange factor_;
  std::array<double, 2> value_range_;
};

}  // namespace

RandomContrast::RandomContrast(RandomRange factor, RandomContrastOptions options)
    : ImageLayer(std::make_shared<RandomContrastImpl>(factor, std::move(options))) {}

RandomContrast RandomContrast::from_config(const Config& config) {
  ConfigReader reader("RandomContrast", config);
  const RandomRange factor = RandomRange::from_config(reader.require("factor"), "factor");
  RandomContrastOptions options;
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomContrast(factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
