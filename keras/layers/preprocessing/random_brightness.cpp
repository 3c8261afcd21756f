#include "keras/layers/preprocessing/random_brightness.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_factor_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomBrightnessImpl final : public RandomFactorLayer {
 public:
  RandomBrightnessImpl(const RandomRange& factor, const RandomBrightnessOptions& options)
      : RandomFactorLayer("RandomBrightness", checked_factor(factor, -1, 1),
                          ordered(options.value_range), options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const double extent = value_range()[1] - value_range()[0];
    const Tensor delta = draw(images, factor().lower(), factor().upper(), 4) * extent;
    return ops::clip(images + ops::cast(delta, images.dtype()), value_range()[0], value_range()[1]);
  }
};

}  // namespace

RandomBrightness::RandomBrightness(RandomRange factor, RandomBrightnessOptions options)
    : ImageLayer(std::make_shared<RandomBrightnessImpl>(factor, std::move(options))) {}

RandomBrightness RandomBrightness::from_config(const Config& config) {
  return read_factor_layer<RandomBrightness, RandomBrightnessOptions>("RandomBrightness", config);
}

}  // namespace keras::layers
