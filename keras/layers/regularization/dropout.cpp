#include "keras/layers/regularization/dropout.h"

#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/noise_arguments.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

class DropoutImpl final : public LayerImpl {
 public:
  DropoutImpl(double rate, DropoutOptions options)
      : LayerImpl({"Dropout", options.name, options.trainable, options.dtype}),
        rate_(rate),
        options_(std::move(options)),
        seed_(options_.seed) {
    check_share("rate", rate);
    check_noise_shape();
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training() || rate_ == 0) return x;
    return random::dropout(x, rate_, {.noise_shape = noise_shape(), .seed = seed_});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("rate", rate_);
    config.set("seed", seed_to_config(options_.seed));
    config.set("noise_shape", noise_shape_to_config(options_.noise_shape));
    return config;
  }

 private:
  void check_noise_shape() const {
    if (!options_.noise_shape) return;
    for (int axis = 0; axis < options_.noise_shape->rank(); ++axis)
      if (const std::int64_t size = (*options_.noise_shape)[axis]; size != kUnknown && size <= 0)
        throw ValueError(
            str("Invalid value received for argument `noise_shape`. Expected all dimensions to be "
                "positive integers or None. Received negative or zero value at index ",
                axis, ": ", size));
  }

  std::vector<std::int64_t> noise_shape() const {
    return options_.noise_shape ? options_.noise_shape->dims() : std::vector<std::int64_t>{};
  }

  double rate_;
  DropoutOptions options_;
  random::SeedGenerator seed_;
};

}  // namespace

Dropout::Dropout(double rate, DropoutOptions options)
    : Layer(std::make_shared<DropoutImpl>(rate, std::move(options))) {}

Dropout Dropout::from_config(const Config& config) {
  ConfigReader reader("Dropout", config);
  const double rate = reader.require_double("rate");
  DropoutOptions options;
  options.seed = reader.get_optional_int("seed");
  if (const Config& shape = reader.get("noise_shape"); !shape.is_null())
    options.noise_shape = shape_from_config(shape);
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Dropout(rate, std::move(options));
}

}  // namespace keras::layers
