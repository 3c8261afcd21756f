#include "keras/layers/normalization/spectral_normalization.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/initializers.h"
#include "keras/layers/base_options.h"
#include "keras/layers/core/wrapper.h"
#include "keras/layers/serialization.h"
#include "keras/layers/shared_weights.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

/// x with a Euclidean norm of 1; zeros stay zeros.
Tensor of_unit_length(const Tensor& x) {
  const Tensor norm = ops::sqrt(ops::sum(ops::square(x)));
  return x / ops::where(ops::equal(norm, 0), ops::ones_like(norm), norm);
}

class SpectralNormalizationImpl final : public WrapperImpl, public SharedWeights {
 public:
  SpectralNormalizationImpl(Layer layer, const SpectralNormalizationOptions& options)
      : WrapperImpl({"SpectralNormalization", options.name, options.trainable, options.dtype},
                    std::move(layer)),
        power_iterations_(options.power_iterations) {
    if (power_iterations_ <= 0)
      throw ValueError(
          str("`power_iterations` should be greater than zero. Received: `power_iterations=",
              power_iterations_, "`"));
  }

  void build(const Shapes& input_shapes) override {
    WrapperImpl::build(input_shapes);
    kernel_ = find_kernel();
    vector_u_ = add_weight("vector_u", {1, kernel_.shape()[-1]},
                           {.initializer = initializers::TruncatedNormal({.stddev = 0.02}),
                            .trainable = false,
                            .dtype = kernel_.dtype()});
    input_spec_ = {{.min_ndim = 1, .axes = {{-1, input_shapes[0][-1]}}}};
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    if (context.is_training()) normalize();
    CallOptions options;
    options.training = context.training;
    return ops::cast(layer()(x, options), x.dtype());
  }

  Variables variables_in_files() const override {
    if (!kernel_.defined()) return {};
    return {kernel_, vector_u_};
  }

  Config get_config() const override {
    Config config = WrapperImpl::get_config();
    config.set("power_iterations", power_iterations_);
    return config;
  }

 private:
  Variable find_kernel() const {
    for (const char* name : {"kernel", "embeddings"})
      for (const Variable& weight : layer().impl()->own_variables())
        if (weight.name() == name) return weight;
    throw ValueError(
        str(layer().class_name(), " object has no attribute 'kernel' nor 'embeddings'"));
  }

  /// One step of the power method goes on from where the last call ended. A kernel of zeros stays.
  void normalize() {
    const Tensor kernel = kernel_.value();
    const Tensor weights = ops::reshape(kernel, {-1, kernel.shape()[-1]});
    Tensor u = vector_u_.value(), v;
    for (std::int64_t i = 0; i < power_iterations_; ++i) {
      v = of_unit_length(ops::matmul(u, ops::transpose(weights)));
      u = of_unit_length(ops::matmul(v, weights));
    }
    u = ops::stop_gradient(u);
    v = ops::stop_gradient(v);
    const Tensor sigma = ops::matmul(ops::matmul(v, weights), ops::transpose(u));
    const Tensor is_zero = ops::all(ops::equal(kernel, 0));
    const Tensor divisor = ops::where(is_zero, ops::ones_like(sigma), sigma);
    vector_u_.assign(ops::where(is_zero, vector_u_.value(), u));
    kernel_.assign(ops::reshape(weights / divisor, kernel.shape()));
  }

  std::int64_t power_iterations_;
  Variable kernel_, vector_u_;
};

}  // namespace

SpectralNormalization::SpectralNormalization(Layer layer, SpectralNormalizationOptions options)
    : Layer(std::make_shared<SpectralNormalizationImpl>(std::move(layer), options)) {}

SpectralNormalization SpectralNormalization::from_config(const Config& config) {
  ConfigReader reader("SpectralNormalization", config);
  const Layer layer = layers::deserialize(reader.require("layer"));
  SpectralNormalizationOptions options;
  options.power_iterations = reader.get_optional_int("power_iterations").value_or(1);
  return SpectralNormalization(layer, finish_options(reader, options));
}

}  // namespace keras::layers
