#include "keras/layers/activations/rectifiers.h"

#include <utility>

#include "keras/activations/activations.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"

namespace keras::layers {
namespace {

class ReLUImpl final : public LayerImpl {
 public:
  explicit ReLUImpl(ReLUOptions options)
      : LayerImpl({"ReLU", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    if (options_.max_value && !(*options_.max_value >= 0))
      throw ValueError(
          str("max_value of a ReLU layer cannot be a negative value. Received: max_value=",
              *options_.max_value));
    if (!(options_.negative_slope >= 0))
      throw ValueError(
          str("negative_slope of a ReLU layer cannot be None or a negative value. Received: "
              "negative_slope=",
              options_.negative_slope));
    if (!(options_.threshold >= 0))
      throw ValueError(
          str("threshold of a ReLU layer cannot be None or a negative value. Received: threshold=",
              options_.threshold));
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return activations::relu(x, {.negative_slope = options_.negative_slope,
                                 .max_value = options_.max_value,
                                 .threshold = options_.threshold});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("max_value", options_.max_value ? Config(*options_.max_value) : Config());
    config.set("negative_slope", options_.negative_slope);
    config.set("threshold", options_.threshold);
    return config;
  }

 private:
  ReLUOptions options_;
};

class LeakyReLUImpl final : public LayerImpl {
 public:
  explicit LeakyReLUImpl(LeakyReLUOptions options)
      : LayerImpl({"LeakyReLU", options.name, options.trainable, options.dtype}),
        negative_slope_(options.negative_slope) {
    if (!(negative_slope_ >= 0))
      throw ValueError(
          str("The negative_slope value of a Leaky ReLU layer cannot be None or negative value. "
              "Expected a float. Received: negative_slope=",
              negative_slope_));
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return activations::leaky_relu(x, {.negative_slope = negative_slope_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("negative_slope", negative_slope_);
    return config;
  }

 private:
  double negative_slope_;
};

class ELUImpl final : public LayerImpl {
 public:
  explicit ELUImpl(ELUOptions options)
      : LayerImpl({"ELU", options.name, options.trainable, options.dtype}), alpha_(options.alpha) {
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return activations::elu(x, {.alpha = alpha_});
  }

  Config get_config() const override {
    const Config base = LayerImpl::get_config();
    return {{"name", base.at("name")},
            {"alpha", alpha_},
            {"trainable", base.at("trainable")},
            {"dtype", base.at("dtype")}};
  }

 private:
  double alpha_;
};

}  // namespace

ReLU::ReLU(ReLUOptions options) : Layer(std::make_shared<ReLUImpl>(std::move(options))) {}
LeakyReLU::LeakyReLU(LeakyReLUOptions options)
    : Layer(std::make_shared<LeakyReLUImpl>(std::move(options))) {}
ELU::ELU(ELUOptions options) : Layer(std::make_shared<ELUImpl>(std::move(options))) {}

ReLU ReLU::from_config(const Config& config) {
  ConfigReader reader("ReLU", config);
  ReLUOptions options;
  options.max_value = reader.get_optional_double("max_value");
  options.negative_slope = reader.get("negative_slope", 0.0);
  options.threshold = reader.get("threshold", 0.0);
  return ReLU(finish_options(reader, std::move(options)));
}

LeakyReLU LeakyReLU::from_config(const Config& config) {
  ConfigReader reader("LeakyReLU", config);
  LeakyReLUOptions options;
  options.negative_slope = reader.get("negative_slope", 0.3);
  // The argument's name before Keras 3.
  if (const auto alpha = reader.get_optional_double("alpha")) options.negative_slope = *alpha;
  return LeakyReLU(finish_options(reader, std::move(options)));
}

ELU ELU::from_config(const Config& config) {
  ConfigReader reader("ELU", config);
  ELUOptions options;
  options.alpha = reader.get("alpha", 1.0);
  return ELU(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
