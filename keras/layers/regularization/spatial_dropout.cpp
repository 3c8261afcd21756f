#include "keras/layers/regularization/spatial_dropout.h"

#include <utility>
#include <vector>

#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/regularization/noise_arguments.h"
#include "keras/ops/nn/spatial.h"
#include "keras/random/random.h"

namespace keras::layers {
namespace {

class SpatialDropoutImpl final : public LayerImpl {
 public:
  SpatialDropoutImpl(int dims, double rate, SpatialDropoutOptions options)
      : LayerImpl({str("SpatialDropout", dims, "D"), options.name, true, options.dtype}),
        dims_(dims),
        rate_(rate),
        options_(std::move(options)),
        seed_(options_.seed) {
    check_share("rate", rate);
    options_.data_format = ops::standardize_data_format(options_.data_format);
    supports_masking_ = true;
    input_spec_ = {{.ndim = dims + 2}};
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (!context.is_training() || rate_ == 0) return x;
    const int channels = options_.data_format == "channels_first" ? 1 : dims_ + 1;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(dims_) + 2, 1);
    shape[0] = kUnknown;
    shape[static_cast<std::size_t>(channels)] = kUnknown;
    return random::dropout(x, rate_, {.noise_shape = shape, .seed = seed_});
  }

  Config get_config() const override {
    // Keras leaves `trainable` out and writes the dtype's name alone.
    Config config{{"rate", rate_},
                  {"seed", seed_to_config(options_.seed)},
                  {"name", name()},
                  {"dtype", dtype_policy().name()}};
    if (dims_ > 1) config.set("data_format", options_.data_format);
    return config;
  }

 private:
  int dims_;
  double rate_;
  SpatialDropoutOptions options_;
  random::SeedGenerator seed_;
};

struct Arguments {
  double rate;
  SpatialDropoutOptions options;
};

Arguments read(const char* class_name, const Config& config, int dims) {
  ConfigReader reader(class_name, config);
  Arguments arguments{reader.require_double("rate"), {}};
  arguments.options.seed = reader.get_optional_int("seed");
  if (dims > 1) arguments.options.data_format = reader.get("data_format", "");
  arguments.options.name = reader.name();
  arguments.options.dtype = reader.dtype();
  reader.finish();
  return arguments;
}

std::shared_ptr<LayerImpl> make(int dims, double rate, SpatialDropoutOptions options) {
  return std::make_shared<SpatialDropoutImpl>(dims, rate, std::move(options));
}

}  // namespace

SpatialDropout1D::SpatialDropout1D(double rate, SpatialDropout1DOptions options)
    : Layer(make(1, rate,
                 {.data_format = "channels_last",
                  .seed = options.seed,
                  .name = std::move(options.name),
                  .dtype = std::move(options.dtype)})) {}

SpatialDropout1D SpatialDropout1D::from_config(const Config& config) {
  auto [rate, options] = read("SpatialDropout1D", config, 1);
  return SpatialDropout1D(
      rate, {.seed = options.seed, .name = std::move(options.name), .dtype = options.dtype});
}

SpatialDropout2D::SpatialDropout2D(double rate, SpatialDropoutOptions options)
    : Layer(make(2, rate, std::move(options))) {}

SpatialDropout2D SpatialDropout2D::from_config(const Config& config) {
  auto [rate, options] = read("SpatialDropout2D", config, 2);
  return SpatialDropout2D(rate, std::move(options));
}

SpatialDropout3D::SpatialDropout3D(double rate, SpatialDropoutOptions options)
    : Layer(make(3, rate, std::move(options))) {}

SpatialDropout3D SpatialDropout3D::from_config(const Config& config) {
  auto [rate, options] = read("SpatialDropout3D", config, 3);
  return SpatialDropout3D(rate, std::move(options));
}

}  // namespace keras::layers
