#include "keras/layers/reshaping/flatten.h"

#include <utility>

#include "keras/layers/config_reader.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn/spatial.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class FlattenImpl final : public LayerImpl {
 public:
  explicit FlattenImpl(FlattenOptions options)
      : LayerImpl({"Flatten", options.name, options.trainable, options.dtype}),
        data_format_(ops::standardize_data_format(options.data_format)) {
    input_spec_ = {{.min_ndim = 1}};
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    // Channels come last in the flat order, whatever the input's.
    const bool swap = data_format_ == "channels_first" && x.rank() > 1;
    const Tensor y = swap ? ops::to_channels_last(x, data_format_) : x;
    // Not -1: an empty batch does not say how long its rows are.
    return ops::reshape(y, {x.shape()[0], x.shape().slice(1).size()});
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("data_format", data_format_);
    return config;
  }

 private:
  std::string data_format_;
};

}  // namespace

Flatten::Flatten(FlattenOptions options)
    : Layer(std::make_shared<FlattenImpl>(std::move(options))) {}

Flatten Flatten::from_config(const Config& config) {
  ConfigReader reader("Flatten", config);
  FlattenOptions options;
  options.data_format = reader.get("data_format", "");
  options.name = reader.name();
  options.trainable = reader.trainable();
  options.dtype = reader.dtype();
  reader.finish();
  return Flatten(std::move(options));
}

}  // namespace keras::layers
