#include "keras/layers/core/activation.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/layers/serialization.h"

namespace keras::layers {
namespace {

class ActivationImpl final : public LayerImpl {
 public:
  ActivationImpl(activations::Activation activation, const ActivationOptions& options)
      : LayerImpl({"Activation", options.name, options.trainable, options.dtype}),
        activation_(std::move(activation)) {
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override { return activation_(x); }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("activation", activation_.config());
    return config;
  }

 private:
  activations::Activation activation_;
};

}  // namespace

Activation::Activation(activations::Activation activation, ActivationOptions options)
    : Layer(std::make_shared<ActivationImpl>(std::move(activation), options)) {}

Activation Activation::from_config(const Config& config) {
  ConfigReader reader("Activation", config);
  auto activation = activation_from_config(reader.get("activation"));
  return Activation(std::move(activation), finish_options(reader, ActivationOptions{}));
}

}  // namespace keras::layers
