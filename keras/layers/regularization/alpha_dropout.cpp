#include "keras/layers/regularization/alpha_dropout.h"

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

/// -α·λ, to which SELU tends on the left.
constexpr double kLowerEnd = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946;

class AlphaDropoutImpl final : public LayerImpl {
 public:
  AlphaDropoutImpl(double rate, AlphaDropoutOptions options)
      : LayerImpl({"AlphaDropout", options.name, options.trainable, options.dtype}),
        rate_(rate),
        options_(std::move(options)),
        seed_(options_.seed) {
    check_share("rate", rate);
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training() || rate_ == 0) return x;
    if (rate_ == 1)
      throw ValueError(
          str("AlphaDropout \"", name(), "\": rate=1 leaves no variance to restore in training."),
          "use a rate below 1.");
    const Tensor draws =
        random::uniform(Shape(noise_shape_for(options_.noise_shape, x.shape())), {.seed = seed_});
    const Tensor kept = ops::cast(ops::greater_equal(draws, rate_), x.dtype());
    const double scale = 1 / std::sqrt((1 - rate_) * (1 + rate_ * kLowerEnd * kLowerEnd));
    const double shift = -scale * kLowerEnd * rate_;
    return (x * kept + kLowerEnd * (1 - kept)) * scale + shift;
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("rate", rate_);
    config.set("seed", seed_to_config(options_.seed));
    config.set("noise_shape", noise_shape_to_config(options_.noise_shape));
    return config;
  }

 private:
  double rate_;
  AlphaDropoutOptions options_;
  random::SeedGenerator seed_;
};

}  // namespace

AlphaDropout::AlphaDropout(double rate, AlphaDropoutOptions options)
    : Layer(std::make_shared<AlphaDropoutImpl>(rate, std::move(options))) {}

AlphaDropout AlphaDropout::from_config(const Config& config) {
  ConfigReader reader("AlphaDropout", config);
  const double rate = reader.require_double("rate");
  AlphaDropoutOptions options;
  if (const Config& shape = reader.get("noise_shape"); !shape.is_null())
    options.noise_shape = shape_from_config(shape);
  options.seed = reader.get_optional_int("seed");
  return AlphaDropout(rate, finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
