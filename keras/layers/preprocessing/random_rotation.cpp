#include "keras/layers/preprocessing/random_rotation.h"

#include <memory>
#include <numbers>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_sampling.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RandomRotationImpl final : public RandomImageLayer {
 public:
  RandomRotationImpl(const RandomRange& factor, const RandomRotationOptions& options)
      : RandomImageLayer({"RandomRotation", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        factor_(checked_factor(factor, -1, 1)),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("fill_mode", sampling_.fill_mode);
    config.set("fill_value", sampling_.fill_value);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    constexpr double kCircle = 2 * std::numbers::pi;
    const Tensor angle = draw(images, factor_.lower() * kCircle, factor_.upper() * kCircle, 3);
    const Tensor cosine = ops::cos(angle);
    const Tensor sine = ops::sin(angle);
    const double x = static_cast<double>(images.shape()[row_axis() + 1] - 1) / 2;
    const double y = static_cast<double>(images.shape()[row_axis()] - 1) / 2;
    return sample_images(images,
                         {.a0 = cosine,
                          .a1 = -sine,
                          .a2 = x - x * cosine + y * sine,
                          .b0 = sine,
                          .b1 = cosine,
                          .b2 = y - x * sine - y * cosine},
                         sampling_);
  }

 private:
  RandomRange factor_;
  ImageSamplingOptions sampling_;
};

}  // namespace

RandomRotation::RandomRotation(RandomRange factor, RandomRotationOptions options)
    : Layer(std::make_shared<RandomRotationImpl>(factor, std::move(options))) {}

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
