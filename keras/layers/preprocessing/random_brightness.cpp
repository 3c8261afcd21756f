#include "keras/layers/preprocessing/random_brightness.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomBrightnessImpl final : public RandomImageLayer {
 public:
  RandomBrightnessImpl(const RandomRange& factor, const RandomBrightnessOptions& options)
      : RandomImageLayer({"RandomBrightness", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(factor, -1, 1)),
        value_range_{std::min(options.value_range[0], options.value_range[1]),
                     std::max(options.value_range[0], options.value_range[1])} {}

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const double extent = value_range_[1] - value_range_[0];
    const Tensor delta = draw(images, factor_.lower(), factor_.upper(), 4) * extent;
    return ops::clip(images + ops::cast(delta, images.dtype()), value_range_[0], value_range_[1]);
  }

 private:
  RandomRange factor_;
  std::array<double, 2> value_range_;
};

}  // namespace

RandomBrightness::RandomBrightness(RandomRange factor, RandomBrightnessOptions options)
    : ImageLayer(std::make_shared<RandomBrightnessImpl>(factor, std::move(options))) {}

RandomBrightness RandomBrightness::from_config(const Config& config) {
  ConfigReader reader("RandomBrightness", config);
  const RandomRange factor = RandomRange::from_config(reader.require("factor"), "factor");
  RandomBrightnessOptions options;
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomBrightness(factor, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
