#include "keras/layers/preprocessing/random_geometry.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/image_sampling.h"
#include "keras/layers/preprocessing/random_image_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;

/// Throws ValueError outside of [0, 1]; what Keras makes of one number, [-f, f], is that number.
RandomRange checked_shear(const RandomRange& factor, const char* argument) {
  if (factor.is_pair() && factor.first() == -factor.second())
    return checked_shear(factor.second(), argument);
  for (const double number : {factor.first(), factor.second()})
    if (!(number >= 0 && number <= 1))
      throw ValueError(str("The `", argument,
                           "` argument should be a number (or a list of two numbers) in the range "
                           "[0, 1.0]. Received: input_number=",
                           number));
  return factor;
}

class RandomShearImpl final : public RandomImageLayer {
 public:
  explicit RandomShearImpl(const RandomShearOptions& options)
      : RandomImageLayer({"RandomShear", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        x_factor_(checked_shear(options.x_factor, "x_factor")),
        y_factor_(checked_shear(options.y_factor, "y_factor")),
        sampling_{options.fill_mode, options.interpolation, options.fill_value, channels_first()} {
    check_image_sampling(sampling_);
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("x_factor", x_factor_.to_config());
    config.set("y_factor", y_factor_.to_config());
    config.set("fill_mode", sampling_.fill_mode);
    config.set("interpolation", sampling_.interpolation);
    config.set("seed", seed_config());
    config.set("fill_value", sampling_.fill_value);
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor side = ops::where(ops::greater(draw(images, 0, 1, 3), 0.5), -1.0, 1.0);
    const auto shear = [&](const RandomRange& factor) {
      return draw(images, factor.lower(), factor.upper(), 3) * side;
    };
    const Tensor down = shear(y_factor_), right = shear(x_factor_);
    const Tensor zero = ops::zeros({1, 1, 1});
    const Tensor one = ops::ones({1, 1, 1});
    return sample_images(
        images, {.a0 = one, .a1 = right, .a2 = zero, .b0 = down, .b1 = one, .b2 = zero}, sampling_);
  }

 private:
  RandomRange x_factor_, y_factor_;
  ImageSamplingOptions sampling_;
};

class RandomPerspectiveImpl final : public RandomImageLayer {
 public:
  explicit RandomPerspectiveImpl(const RandomPerspectiveOptions& options)
      : RandomImageLayer({"RandomPerspective", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        factor_(checked_factor(options.factor, 0, 1)),
        scale_(options.scale),
        interpolation_(options.interpolation),
        fill_value_(options.fill_value) {
    if (!(scale_ >= 0 && scale_ <= 1))
      throw ValueError(str(
          "The `scale` argument should be a number in the range [0,1]. Received: scale=", scale_));
    check_image_sampling({"constant", interpolation_, fill_value_, channels_first()});
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("scale", scale_);
    config.set("interpolation", interpolation_);
    config.set("fill_value", fill_value_);
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const std::int64_t batch = images.shape()[0];
    const auto right = static_cast<float>(images.shape()[row_axis() + 1] - 1);
    const auto bottom = static_cast<float>(images.shape()[row_axis()] - 1);
    const Tensor corners =
        ops::reshape(Tensor::of<float>({0, 0, right, 0, 0, bottom, right, bottom}), {1, 4, 2});
    const Tensor start = ops::broadcast_to(corners, {batch, 4, 2});
    const Tensor shift = random::uniform(
        {batch, 4, 2}, {.minval = -0.5 * scale_, .maxval = 0.5 * scale_, .seed = seed_generator()});
    const Tensor moved = ops::image::perspective_transform(
        images, start, start + start * shift,
        {.interpolation = interpolation_, .fill_value = fill_value_, .data_format = data_format()});
    return ops::where(choose(images, factor_), moved, images);
  }

 private:
  RandomRange factor_;
  double scale_;
  std::string interpolation_;
  double fill_value_;
};

class RandomElasticTransformImpl final : public RandomImageLayer {
 public:
  explicit RandomElasticTransformImpl(const RandomElasticTransformOptions& options)
      : RandomImageLayer({"RandomElasticTransform", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed),
        factor_(checked_factor(options.factor, 0, 1)),
        scale_(checked_factor(options.scale, 0, 1, "scale")),
        transform_{.interpolation = options.interpolation,
                   .fill_mode = options.fill_mode,
                   .fill_value = options.fill_value,
                   .data_format = data_format()},
        value_range_(options.value_range) {
    ops::image::interpolation_order(transform_.interpolation);
    ops::image::check_fill_mode(transform_.fill_mode);
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("scale", scale_.to_config());
    config.set("interpolation", transform_.interpolation);
    config.set("fill_mode", transform_.fill_mode);
    config.set("fill_value", transform_.fill_value);
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    if (scale_.upper() == 0 || factor_.upper() == 0) return images;
    const std::int64_t height = images.shape()[row_axis()], width = images.shape()[row_axis() + 1];
    const double longest = kShift * static_cast<double>(std::max(height, width));
    const double shortest = kSpread * static_cast<double>(std::min(height, width));
    // The noise is blurred over as many pixels as the strongest change needs.
    const auto kernel_size = static_cast<std::int64_t>(6 * shortest * scale_.upper()) | 1;
    const Tensor strength = draw_scalar(scale_.lower(), scale_.upper());
    const Tensor noise =
        random::normal({images.shape()[0], height, width, 2}, {.seed = seed_generator()});
    const Tensor moved = ops::image::elastic_images(
        images, noise, {strength * longest, ops::maximum(strength * shortest, 1e-6), kernel_size},
        transform_);
    return ops::clip(ops::where(choose(images, factor_), moved, images), value_range_[0],
                     value_range_[1]);
  }

 private:
  static constexpr double kShift = 0.1, kSpread = 0.05;  // of the sides

  RandomRange factor_, scale_;
  ops::image::ElasticTransformOptions transform_;
  Range value_range_;
};

}  // namespace

RandomShear::RandomShear(RandomShearOptions options)
    : Layer(std::make_shared<RandomShearImpl>(std::move(options))) {}

RandomShear RandomShear::from_config(const Config& config) {
  ConfigReader reader("RandomShear", config);
  RandomShearOptions options;
  if (const Config& given = reader.get("x_factor"); !given.is_null())
    options.x_factor = RandomRange::from_config(given, "x_factor");
  if (const Config& given = reader.get("y_factor"); !given.is_null())
    options.y_factor = RandomRange::from_config(given, "y_factor");
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  read_random_image_options(reader, options);
  return RandomShear(finish_options(reader, std::move(options)));
}

RandomPerspective::RandomPerspective(RandomPerspectiveOptions options)
    : Layer(std::make_shared<RandomPerspectiveImpl>(std::move(options))) {}

RandomPerspective RandomPerspective::from_config(const Config& config) {
  ConfigReader reader("RandomPerspective", config);
  RandomPerspectiveOptions options;
  if (const Config& given = reader.get("factor"); !given.is_null())
    options.factor = RandomRange::from_config(given, "factor");
  options.scale = reader.get_optional_double("scale").value_or(1.0);
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  read_random_image_options(reader, options);
  return RandomPerspective(finish_options(reader, std::move(options)));
}

RandomElasticTransform::RandomElasticTransform(RandomElasticTransformOptions options)
    : Layer(std::make_shared<RandomElasticTransformImpl>(std::move(options))) {}

RandomElasticTransform RandomElasticTransform::from_config(const Config& config) {
  ConfigReader reader("RandomElasticTransform", config);
  RandomElasticTransformOptions options;
  if (const Config& given = reader.get("factor"); !given.is_null())
    options.factor = RandomRange::from_config(given, "factor");
  if (const Config& given = reader.get("scale"); !given.is_null())
    options.scale = RandomRange::from_config(given, "scale");
  options.interpolation = reader.get("interpolation", "bilinear");
  options.fill_mode = reader.get("fill_mode", "reflect");
  options.fill_value = reader.get_optional_double("fill_value").value_or(0.0);
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomElasticTransform(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
