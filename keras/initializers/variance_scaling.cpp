#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/initializers/seeded_initializer.h"
#include "keras/random/random.h"

namespace keras::initializers {
namespace {

/// The standard deviation of a unit normal distribution cut at two standard deviations.
constexpr double kTruncatedStddev = 0.87962566103423978;

std::int64_t product_of_axes(const Shape& shape, const std::vector<int>& axes) {
  std::int64_t product = 1;
  for (const int axis : axes)
    product *= shape[normalize_axis("VarianceScaling", axis, shape.rank())];
  return product;
}

Config axes_config(const FanAxes& axes) { return axes ? Config::list_of(*axes) : Config(); }

VarianceScalingOptions checked(VarianceScalingOptions options) {
  if (!(options.scale > 0))
    throw ValueError(
        str("Argument `scale` must be positive float. Received: scale=", options.scale));
  if (options.mode != "fan_in" && options.mode != "fan_out" && options.mode != "fan_avg")
    throw ValueError(str("Invalid `mode` argument: ", options.mode,
                         ". Please use one of {fan_in, fan_out, fan_avg}"));
  std::string& distribution = options.distribution;
  std::transform(distribution.begin(), distribution.end(), distribution.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (distribution == "normal") distribution = "truncated_normal";
  if (distribution != "uniform" && distribution != "truncated_normal" &&
      distribution != "untruncated_normal")
    throw ValueError(str("Invalid `distribution` argument: ", distribution,
                         ". Please use one of {uniform, truncated_normal, untruncated_normal}"));
  return options;
}

/// VarianceScaling itself, and the classes that are special cases of it and keep only its seed and
/// axes in their configs.
class VarianceScalingImpl final : public SeededInitializer {
 public:
  VarianceScalingImpl(std::string class_name, VarianceScalingOptions options)
      : SeededInitializer(options.seed),
        class_name_(std::move(class_name)),
        options_(checked(std::move(options))) {}
  std::string class_name() const override { return class_name_; }
  Config get_config() const override {
    Config config{{"seed", seed_config()}};
    if (class_name_ == "VarianceScaling") {
      config.set("scale", options_.scale);
      config.set("mode", options_.mode);
      config.set("distribution", options_.distribution);
    }
    config.set("input_axes", axes_config(options_.input_axes));
    config.set("output_axes", axes_config(options_.output_axes));
    return config;
  }
  Tensor call(const Shape& shape, DType dtype) const override {
    const double variance = options_.scale / std::max(1.0, fan(shape));
    const std::string dtype_text = to_text(dtype);
    if (options_.distribution == "truncated_normal")
      return random::truncated_normal(
          shape,
          {.stddev = std::sqrt(variance) / kTruncatedStddev, .dtype = dtype_text, .seed = seed()});
    if (options_.distribution == "untruncated_normal")
      return random::normal(shape,
                            {.stddev = std::sqrt(variance), .dtype = dtype_text, .seed = seed()});
    const double limit = std::sqrt(3 * variance);
    return random::uniform(
        shape, {.minval = -limit, .maxval = limit, .dtype = dtype_text, .seed = seed()});
  }

 private:
  double fan(const Shape& shape) const {
    const auto [fan_in, fan_out] = compute_fans(shape, options_.input_axes, options_.output_axes);
    if (options_.mode == "fan_in") return static_cast<double>(fan_in);
    if (options_.mode == "fan_out") return static_cast<double>(fan_out);
    return static_cast<double>(fan_in + fan_out) / 2;
  }

  std::string class_name_;
  VarianceScalingOptions options_;
};

std::shared_ptr<const InitializerImpl> special_case(const char* class_name, double scale,
                                                    const char* mode, const char* distribution,
                                                    FanOptions options) {
  return std::make_shared<const VarianceScalingImpl>(
      class_name, VarianceScalingOptions{.scale = scale,
                                         .mode = mode,
                                         .distribution = distribution,
                                         .seed = options.seed,
                                         .input_axes = std::move(options.input_axes),
                                         .output_axes = std::move(options.output_axes)});
}

}  // namespace

std::pair<std::int64_t, std::int64_t> compute_fans(const Shape& shape, const FanAxes& input_axes,
                                                   const FanAxes& output_axes) {
  if (input_axes && output_axes)
    return {product_of_axes(shape, *input_axes), product_of_axes(shape, *output_axes)};
  if (shape.empty()) return {1, 1};
  if (shape.rank() == 1) return {shape[0], shape[0]};
  const std::int64_t receptive_field = shape.slice(0, shape.rank() - 2).size();
  return {shape[-2] * receptive_field, shape[-1] * receptive_field};
}

VarianceScaling::VarianceScaling(VarianceScalingOptions options)
    : Initializer(
          std::make_shared<const VarianceScalingImpl>("VarianceScaling", std::move(options))) {}
GlorotUniform::GlorotUniform(FanOptions options)
    : Initializer(special_case("GlorotUniform", 1, "fan_avg", "uniform", std::move(options))) {}
GlorotNormal::GlorotNormal(FanOptions options)
    : Initializer(
          special_case("GlorotNormal", 1, "fan_avg", "truncated_normal", std::move(options))) {}
HeUniform::HeUniform(FanOptions options)
    : Initializer(special_case("HeUniform", 2, "fan_in", "uniform", std::move(options))) {}
HeNormal::HeNormal(FanOptions options)
    : Initializer(special_case("HeNormal", 2, "fan_in", "truncated_normal", std::move(options))) {}
LecunUniform::LecunUniform(FanOptions options)
    : Initializer(special_case("LecunUniform", 1, "fan_in", "uniform", std::move(options))) {}
LecunNormal::LecunNormal(FanOptions options)
    : Initializer(
          special_case("LecunNormal", 1, "fan_in", "truncated_normal", std::move(options))) {}

}  // namespace keras::initializers
