#include "keras/layers/preprocessing/random_filters.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/preprocessing/random_factor_layer.h"
#include "keras/layers/preprocessing/value_range.h"
#include "keras/ops/core.h"
#include "keras/ops/image.h"
#include "keras/ops/image/sampling.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

using Range = std::array<double, 2>;

std::array<std::int64_t, 2> read_pair(const Config& config, const char* argument) {
  if (config.is_int()) return {config.as_int(), config.as_int()};
  if (!config.is_list() || config.as_list().size() != 2 || !config.as_list()[0].is_int() ||
      !config.as_list()[1].is_int())
    throw ValueError(str("The `", argument,
                         "` argument should be a number (or a list of two numbers) Received: ",
                         argument, "=", config));
  return {config.at(std::size_t{0}).as_int(), config.at(std::size_t{1}).as_int()};
}

std::vector<double> read_fill_value(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_number()) return {config.as_double()};
  const bool is_color = config.is_list() && config.as_list().size() == 3 &&
                        std::all_of(config.as_list().begin(), config.as_list().end(),
                                    [](const Config& number) { return number.is_number(); });
  if (!is_color)
    throw ValueError(
        str("The `fill_value` argument should be a number (or a list of three numbers) Received: "
            "fill_value=",
            config));
  std::vector<double> numbers;
  for (const Config& number : config.as_list()) numbers.push_back(number.as_double());
  return numbers;
}

Config numbers_to_config(const std::vector<double>& numbers) {
  if (numbers.empty()) return nullptr;
  return numbers.size() == 1 ? Config(numbers[0]) : Config::list_of(numbers);
}

class RandomSharpnessImpl final : public RandomFactorLayer {
 public:
  RandomSharpnessImpl(const RandomRange& factor, const RandomSharpnessOptions& options)
      : RandomFactorLayer("RandomSharpness", checked_factor(factor, 0, 1),
                          ordered(options.value_range), options) {}

 protected:
  Tensor transform(const Tensor& images) override {
    const std::int64_t channels = images.shape()[channels_first() ? 1 : 3];
    const float a = 1.0f / 13, b = 5.0f / 13;
    const Tensor kernel =
        ops::reshape(Tensor::of<float>({a, a, a, a, b, a, a, a, a}), {3, 3, 1, 1});
    const Tensor blurred = ops::depthwise_conv(
        images, ops::repeat(ops::cast(kernel, images.dtype()), channels, {.axis = 2}),
        {.padding = "same", .data_format = data_format()});
    const Tensor share = 1.0 - draw(images, factor()) * 2.0;
    return ops::clip(images + share * (blurred - images), value_range()[0], value_range()[1]);
  }
};

class RandomGaussianBlurImpl final : public RandomImageLayer {
 public:
  explicit RandomGaussianBlurImpl(const RandomGaussianBlurOptions& options)
      : RandomImageLayer({"RandomGaussianBlur", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(options.factor, 0, 1)),
        kernel_size_(options.kernel_size),
        sigma_(checked_factor(options.sigma, 0, 1, "sigma")),
        value_range_(options.value_range) {
    for (const std::int64_t size : kernel_size_)
      if (size < 1 || size % 2 == 0)
        throw ValueError(str("kernel_size must be an odd number. Received: kernel_size=(",
                             kernel_size_[0], ", ", kernel_size_[1], ")"));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("kernel_size", Config::list_of(kernel_size_));
    config.set("sigma", sigma_.to_config());
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor sigma =
        random::uniform(
            {2}, {.minval = sigma_.lower(), .maxval = sigma_.upper(), .seed = seed_generator()}) +
        1e-6;
    const Tensor blurred = ops::image::blur_images(images, kernel_size_, sigma, data_format());
    return ops::clip(ops::where(choose(images, factor_), blurred, images), value_range_[0],
                     value_range_[1]);
  }

 private:
  RandomRange factor_;
  std::array<std::int64_t, 2> kernel_size_;
  RandomRange sigma_;
  Range value_range_;
};

class RandomErasingImpl final : public RandomImageLayer {
 public:
  explicit RandomErasingImpl(const RandomErasingOptions& options)
      : RandomImageLayer({"RandomErasing", options.name, options.trainable, options.dtype},
                         options.data_format, options.seed, options.bounding_box_format),
        factor_(checked_factor(options.factor, 0, 1)),
        scale_(checked_factor(options.scale, 0, 1, "scale")),
        fill_value_(options.fill_value),
        value_range_(options.value_range) {
    if (fill_value_.size() > 1 && fill_value_.size() != 3)
      throw ValueError(
          str("The `fill_value` argument should be a number (or a list of three numbers) Received: "
              "fill_value=",
              Config::list_of(fill_value_)));
  }

  Config get_config() const override {
    Config config = RandomImageLayer::get_config();
    config.set("factor", factor_.to_config());
    config.set("scale", scale_.to_config());
    config.set("fill_value", numbers_to_config(fill_value_));
    config.set("value_range", value_range_to_config(value_range_));
    config.set("seed", seed_config());
    return config;
  }

 protected:
  Tensor transform(const Tensor& images) override {
    const Tensor inside =
        ops::logical_and(stretch(images, row_axis()), stretch(images, row_axis() + 1));
    const Tensor erased = ops::where(inside, filling(images), images);
    return ops::where(choose(images, factor_), erased, images);
  }

 private:
  /// Whether pixels lie within a stretch of an axis that is drawn for each image.
  Tensor stretch(const Tensor& images, int axis) const {
    const std::int64_t length = images.shape()[axis];
    const auto all = static_cast<double>(length);
    const Tensor size = ops::sqrt(draw(images, scale_.lower(), scale_.upper(), 4)) * all;
    const Tensor begin = draw(images, 0, 1, 4) * (all - size);
    std::vector<std::int64_t> shape(4, 1);
    shape[static_cast<std::size_t>(axis)] = length;
    const Tensor at = ops::reshape(ops::arange(0, length, 1, DType::kFloat32), Shape(shape));
    return ops::logical_and(ops::greater_equal(at, begin), ops::less(at, begin + size));
  }

  Tensor filling(const Tensor& images) const {
    Tensor filling;
    if (fill_value_.empty()) {
      filling = random::normal(images.shape(), {.seed = seed_generator()}) * value_range_[1];
    } else {
      const auto count = static_cast<std::int64_t>(fill_value_.size());
      const std::int64_t channels = images.shape()[channels_first() ? 1 : 3];
      if (count > 1 && count != channels)
        throw ShapeError(str("RandomErasing: `fill_value` has ", count,
                             " numbers, and images have ", channels, " channels."));
      filling = ops::reshape(Tensor::from(std::span<const double>(fill_value_), {count}),
                             channels_first() ? Shape{1, count, 1, 1} : Shape{1, 1, 1, count});
    }
    return ops::cast(ops::clip(filling, value_range_[0], value_range_[1]), images.dtype());
  }

  RandomRange factor_, scale_;
  std::vector<double> fill_value_;
  Range value_range_;
};

}  // namespace

RandomSharpness::RandomSharpness(RandomRange factor, RandomSharpnessOptions options)
    : ImageLayer(std::make_shared<RandomSharpnessImpl>(factor, std::move(options))) {}

RandomSharpness RandomSharpness::from_config(const Config& config) {
  return read_factor_layer<RandomSharpness, RandomSharpnessOptions>("RandomSharpness", config);
}

RandomGaussianBlur::RandomGaussianBlur(RandomGaussianBlurOptions options)
    : ImageLayer(std::make_shared<RandomGaussianBlurImpl>(std::move(options))) {}

RandomGaussianBlur RandomGaussianBlur::from_config(const Config& config) {
  ConfigReader reader("RandomGaussianBlur", config);
  RandomGaussianBlurOptions options;
  read_range(reader, "factor", options.factor);
  if (const Config& given = reader.get("kernel_size"); !given.is_null())
    options.kernel_size = read_pair(given, "kernel_size");
  read_range(reader, "sigma", options.sigma);
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomGaussianBlur(finish_options(reader, std::move(options)));
}

RandomErasing::RandomErasing(RandomErasingOptions options)
    : ImageLayer(std::make_shared<RandomErasingImpl>(std::move(options))) {}

RandomErasing RandomErasing::from_config(const Config& config) {
  ConfigReader reader("RandomErasing", config);
  RandomErasingOptions options;
  read_range(reader, "factor", options.factor);
  read_range(reader, "scale", options.scale);
  options.fill_value = read_fill_value(reader.get("fill_value"));
  options.value_range = read_value_range(reader);
  read_random_image_options(reader, options);
  return RandomErasing(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
