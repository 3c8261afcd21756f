#include "keras/layers/core/masking.h"

#include <memory>
#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class MaskingImpl final : public LayerImpl {
 public:
  explicit MaskingImpl(const MaskingOptions& options)
      : LayerImpl({"Masking", options.name, options.trainable, options.dtype}),
        mask_value_(options.mask_value) {
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return ops::where(ops::expand_dims(shown(x), {.axis = -1}), x, 0);
  }

  Tensor compute_mask(const Tensors& inputs) const override { return shown(inputs[0]); }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("mask_value", mask_value_);
    return config;
  }

 private:
  Tensor shown(const Tensor& x) const {
    return ops::any(ops::not_equal(x, mask_value_), {.axis = -1});
  }

  double mask_value_;
};

}  // namespace

Masking::Masking(MaskingOptions options) : Layer(std::make_shared<MaskingImpl>(options)) {}

Masking Masking::from_config(const Config& config) {
  ConfigReader reader("Masking", config);
  MaskingOptions options;
  options.mask_value = reader.get("mask_value", 0.0);
  return Masking(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
