#include "keras/layers/regularization/gaussian.h"

#include <cmath>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/noise_arguments.h"
#include "keras/ops/numpy.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

class GaussianNoiseImpl final : public LayerImpl {
 public:
  GaussianNoiseImpl(double stddev, GaussianNoiseOptions options)
      : LayerImpl({"GaussianNoise", options.name, options.trainable, options.dtype}),
        stddev_(stddev),
        options_(std::move(options)),
        seed_(options_.seed) {
    check_share("stddev", stddev);
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training() || stddev_ == 0) return x;
    return x + random::normal(x.shape(), {.stddev = stddev_,
                                          .dtype = std::string(dtype_name(compute_dtype())),
                                          .seed = seed_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("stddev", stddev_);
    config.set("seed", seed_to_config(options_.seed));
    return config;
  }

 private:
  double stddev_;
  GaussianNoiseOptions options_;
  random::SeedGenerator seed_;
};

class GaussianDropoutImpl final : public LayerImpl {
 public:
  GaussianDropoutImpl(double rate, GaussianDropoutOptions options)
      : LayerImpl({"GaussianDropout", options.name, options.trainable, options.dtype}),
        rate_(rate),
        options_(std::move(options)),
        seed_(options_.seed) {
    check_share("rate", rate);
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training() || rate_ == 0) return x;
    if (rate_ == 1)
      throw ValueError(str("GaussianDropout \"", name(),
                           "\": rate=1 has no finite standard deviation in training."),
                       "use a rate below 1.");
    return x * random::normal(x.shape(), {.mean = 1,
                                          .stddev = std::sqrt(rate_ / (1 - rate_)),
                                          .dtype = std::string(dtype_name(compute_dtype())),
                                          .seed = seed_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("rate", rate_);
    config.set("seed", seed_to_config(options_.seed));
    return config;
  }

 private:
  double rate_;
  GaussianDropoutOptions options_;
  random::SeedGenerator seed_;
};

}  // namespace

GaussianNoise::GaussianNoise(double stddev, GaussianNoiseOptions options)
    : Layer(std::make_shared<GaussianNoiseImpl>(stddev, std::move(options))) {}

GaussianNoise GaussianNoise::from_config(const Config& config) {
  ConfigReader reader("GaussianNoise", config);
  const double stddev = reader.require_double("stddev");
  GaussianNoiseOptions options;
  options.seed = reader.get_optional_int("seed");
  return GaussianNoise(stddev, finish_options(reader, std::move(options)));
}

GaussianDropout::GaussianDropout(double rate, GaussianDropoutOptions options)
    : Layer(std::make_shared<GaussianDropoutImpl>(rate, std::move(options))) {}

GaussianDropout GaussianDropout::from_config(const Config& config) {
  ConfigReader reader("GaussianDropout", config);
  const double rate = reader.require_double("rate");
  GaussianDropoutOptions options;
  options.seed = reader.get_optional_int("seed");
  return GaussianDropout(rate, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
