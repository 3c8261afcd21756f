#include "keras/layers/preprocessing/random_contrast.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_factor_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomContrastImpl final : public RandomFactorLayer {
 public:
  RandomContrastImpl(const RandomRange& factor, const RandomContrastOptions& options)
      : RandomFactorLayer("RandomContrast", checked_factor(factor, 0, 1), options.value_range,
                          options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor contrast =
        ops::cast(draw(images, 1 - factor().lower(), 1 + factor().upper(), 4), images.dtype());
    const Tensor mean = ops::mean(images, {.axis = {row_axis(), row_axis() + 1}, .keepdims = true});
    return ops::clip((images - mean) * contrast + mean, value_range()[0], value_range()[1]);
  }
};

}  // namespace

RandomContrast::RandomContrast(RandomRange factor, RandomContrastOptions options)
    : ImageLayer(std::make_shared<RandomContrastImpl>(factor, std::move(options))) {}

RandomContrast RandomContrast::from_config(const Config& config) {
  return read_factor_layer<RandomContrast, RandomContrastOptions>("RandomContrast", config);
}

}  // namespace keras::layers
