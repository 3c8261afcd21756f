#include "keras/layers/preprocessing/random_color.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_brightness.h"
#include "keras/layers/preprocessing/random_contrast.h"
#include "keras/layers/preprocessing/random_factor_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;
constexpr Range kBytes = {0, 255};
constexpr Range kUnit = {0, 1};

/// The lowest number of bits that are kept, and the highest.
constexpr int kLeastBits = 1, kMostBits = 8;

/// Of a pair, the second number is never drawn, so that it may lie one above the highest.
RandomRange checked_bits(const RandomRange& factor) {
  const RandomRange range = checked_factor(factor, kLeastBits, kMostBits);
  const int most = range.lower() == range.upper() ? kMostBits : kMostBits + 1;
  if (!(range.lower() >= 0 && range.upper() <= most))
    throw ValueError(
        str("The `factor` argument should be a number (or a list of two numbers) in the range [",
            kLeastBits, ", ", kMostBits, "]. Received: factor=", factor));
  return range;
}

class RandomHueImpl final : public RandomFactorLayer {
 public:
  RandomHueImpl(const RandomRange& factor, const RandomHueOptions& options)
      : RandomFactorLayer("RandomHue", checked_factor(factor, 0, 1), options.value_range, options) {
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const int axis = channels_first() ? 1 : 3;
    const Tensor x = scale_range(images, value_range(), kUnit);
    const Tensor side = ops::where(ops::greater(draw(images, 0, 1, 4), 0.5), -0.5, 0.5);
    const Tensor turn = ops::cast(side, images.dtype()) * draw(images, factor());
    const Tensors hsv = ops::split(ops::image::rgb_to_hsv(x, {data_format()}), 3, {.axis = axis});
    Tensor hue = hsv[0] + turn;
    hue = ops::where(ops::greater(hue, 1.0), hue - 1.0, hue);
    hue = ops::where(ops::less(hue, 0.0), hue + 1.0, hue);
    const Tensor turned = ops::concatenate({hue, hsv[1], hsv[2]}, {.axis = axis});
    const Tensor rgb = ops::clip(ops::image::hsv_to_rgb(turned, {data_format()}), 0, 1);
    return scale_range(rgb, kUnit, value_range());
  }
};

class RandomSaturationImpl final : public RandomFactorLayer {
 public:
  RandomSaturationImpl(const RandomRange& factor, const RandomSaturationOptions& options)
      : RandomFactorLayer("RandomSaturation", checked_factor(factor, -1, 1),
                          ordered(options.value_range), options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const int axis = channels_first() ? 1 : 3;
    const Tensor drawn = draw(images, factor());
    const Tensor share = drawn / (1.0 - drawn + config::epsilon());
    const Tensors hsv =
        ops::split(ops::image::rgb_to_hsv(images, {data_format()}), 3, {.axis = axis});
    const Tensor saturation = ops::clip(hsv[1] * share, value_range()[0], value_range()[1]);
    return ops::image::hsv_to_rgb(ops::concatenate({hsv[0], saturation, hsv[2]}, {.axis = axis}),
                                  {data_format()});
  }
};

class RandomColorDegenerationImpl final : public RandomFactorLayer {
 public:
  RandomColorDegenerationImpl(const RandomRange& factor,
                              const RandomColorDegenerationOptions& options)
      : RandomFactorLayer("RandomColorDegeneration", checked_factor(factor, -1, 1),
                          ordered(options.value_range), options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor gray = ops::image::rgb_to_grayscale(images, {data_format()});
    return ops::clip(images + draw(images, factor()) * (gray - images), value_range()[0],
                     value_range()[1]);
  }
};

class RandomGrayscaleImpl final : public RandomImageLayer {
 public:
  explicit RandomGrayscaleImpl(const RandomGrayscaleOptions& options)
      : RandomImageLayer({"RandomGrayscale", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(options.factor) {
    if (!(factor_ >= 0 && factor_ <= 1))
      throw ValueError(str("`factor` should be between 0 and 1. Received: factor=", factor_));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_);
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor gray = ops::image::rgb_to_grayscale(images, {data_format()});
    return ops::where(choose(images, {factor_, factor_}), gray, images);
  }

 private:
  double factor_;
};

class RandomInvertImpl final : public RandomFactorLayer {
 public:
  explicit RandomInvertImpl(const RandomInvertOptions& options)
      : RandomFactorLayer("RandomInvert", checked_factor(options.factor, 0, 1), options.value_range,
                          options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    return ops::where(choose(images, factor()), value_range()[1] - images, images);
  }
};

class RandomPosterizationImpl final : public RandomFactorLayer {
 public:
  RandomPosterizationImpl(const RandomRange& factor, const RandomPosterizationOptions& options)
      : RandomFactorLayer("RandomPosterization", checked_bits(factor), ordered(options.value_range),
                          options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const auto least = static_cast<std::int64_t>(factor().lower());
    const auto most = static_cast<std::int64_t>(factor().upper());
    const Shape shape{images.shape()[0], 1, 1, 1};
    const Tensor bits = least == most
                            ? ops::full(shape, static_cast<double>(least), DType::kInt32)
                            : random::randint(shape, least, most, {.seed = seed_generator()});
    const Tensor shift = kMostBits - bits;
    const Tensor bytes =
        ops::cast(ops::clip(scale_range(images, value_range(), kBytes), 0, 255), DType::kInt32);
    const Tensor kept = ops::left_shift(ops::right_shift(bytes, shift), shift);
    return scale_range(ops::cast(kept, images.dtype()), kBytes, value_range());
  }
};

/// A factor that may be missing.
Config to_config(const std::optional<RandomRange>& factor) {
  return factor ? factor->to_config() : Config();
}

class RandomColorJitterImpl final : public RandomImageLayer {
 public:
  explicit RandomColorJitterImpl(const RandomColorJitterOptions& options)
      : RandomImageLayer({"RandomColorJitter", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        options_(options) {
    add<RandomBrightness, RandomBrightnessOptions>(options.brightness_factor);
    add<RandomContrast, RandomContrastOptions>(options.contrast_factor);
    add<RandomSaturation, RandomSaturationOptions>(options.saturation_factor);
    add<RandomHue, RandomHueOptions>(options.hue_factor);
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("value_range", value_range_to_config(options_.value_range));
    config.set("brightness_factor", to_config(options_.brightness_factor));
    config.set("contrast_factor", to_config(options_.contrast_factor));
    config.set("saturation_factor", to_config(options_.saturation_factor));
    config.set("hue_factor", to_config(options_.hue_factor));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    Tensor x = images;
    for (const Layer& step : steps_) x = step(x, {.training = true});
    return x;
  }

 private:
  template <typename LayerClass, typename Options>
  void add(const std::optional<RandomRange>& factor) {
    if (!factor) return;
    Options options;
    options.value_range = options_.value_range;
    options.seed = options_.seed;
    if constexpr (requires { options.data_format; }) options.data_format = options_.data_format;
    options.dtype = options_.dtype;
    steps_.push_back(LayerClass(*factor, options));
  }

  RandomColorJitterOptions options_;
  std::vector<Layer> steps_;
};

}  // namespace

RandomHue::RandomHue(RandomRange factor, RandomHueOptions options)
    : ImageLayer(std::make_shared<RandomHueImpl>(factor, std::move(options))) {}

RandomHue RandomHue::from_config(const Config& config) {
  return read_factor_layer<RandomHue, RandomHueOptions>("RandomHue", config);
}

RandomSaturation::RandomSaturation(RandomRange factor, RandomSaturationOptions options)
    : ImageLayer(std::make_shared<RandomSaturationImpl>(factor, std::move(options))) {}

RandomSaturation RandomSaturation::from_config(const Config& config) {
  return read_factor_layer<RandomSaturation, RandomSaturationOptions>("RandomSaturation", config);
}

RandomColorDegeneration::RandomColorDegeneration(RandomRange factor,
                                                 RandomColorDegenerationOptions options)
    : ImageLayer(std::make_shared<RandomColorDegenerationImpl>(factor, std::move(options))) {}

RandomColorDegeneration RandomColorDegeneration::from_config(const Config& config) {
  return read_factor_layer<RandomColorDegeneration, RandomColorDegenerationOptions>(
      "RandomColorDegeneration", config);
}

RandomGrayscale::RandomGrayscale(RandomGrayscaleOptions options)
    : ImageLayer(std::make_shared<RandomGrayscaleImpl>(std::move(options))) {}

RandomGrayscale RandomGrayscale::from_config(const Config& config) {
  ConfigReader reader("RandomGrayscale", config);
  RandomGrayscaleOptions options;
  options.factor = reader.get_optional_double("factor").value_or(0.5);
  read_random_image_options(reader, options);
  return RandomGrayscale(finish_options(reader, std::move(options)));
}

RandomInvert::RandomInvert(RandomInvertOptions options)
    : ImageLayer(std::make_shared<RandomInvertImpl>(std::move(options))) {}

RandomInvert RandomInvert::from_config(const Config& config) {
  ConfigReader reader("RandomInvert", config);
  RandomInvertOptions options;
  read_range(reader, "factor", options.factor);
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomInvert(finish_options(reader, std::move(options)));
}

RandomPosterization::RandomPosterization(RandomRange factor, RandomPosterizationOptions options)
    : ImageLayer(std::make_shared<RandomPosterizationImpl>(factor, std::move(options))) {}

RandomPosterization RandomPosterization::from_config(const Config& config) {
  return read_factor_layer<RandomPosterization, RandomPosterizationOptions>("RandomPosterization",
                                                                            config);
}

RandomColorJitter::RandomColorJitter(RandomColorJitterOptions options)
    : ImageLayer(std::make_shared<RandomColorJitterImpl>(std::move(options))) {}

RandomColorJitter RandomColorJitter::from_config(const Config& config) {
  ConfigReader reader("RandomColorJitter", config);
  RandomColorJitterOptions options;
  options.value_range = read_value_range(reader);
  read_range(reader, "brightness_factor", options.brightness_factor);
  read_range(reader, "contrast_factor", options.contrast_factor);
  read_range(reader, "saturation_factor", options.saturation_factor);
  read_range(reader, "hue_factor", options.hue_factor);
  read_random_image_options(reader, options);
  return RandomColorJitter(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
