#include "keras/layers/preprocessing/rescaling.h"

#include <utility>

#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

class RescalingImpl final : public LayerImpl {
 public:
  RescalingImpl(ChannelValues scale, RescalingOptions options)
      : LayerImpl({"Rescaling", options.name, options.trainable, options.dtype}),
        scale_(std::move(scale)),
        offset_(std::move(options.offset)) {
    supports_masking_ = true;
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    return ops::cast(x, compute_dtype()) * tensor_of(scale_) + tensor_of(offset_);
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("scale", scale_.config());
    config.set("offset", offset_.config());
    return config;
  }

 private:
  Tensor tensor_of(const ChannelValues& given) const {
    const std::vector<double>& values = given.values();
    if (given.single()) return ops::full({}, values[0], compute_dtype());
    return ops::cast(Tensor::from(values, {static_cast<std::int64_t>(values.size())}),
                     compute_dtype());
  }

  ChannelValues scale_;
  ChannelValues offset_;
};

}  // namespace

ChannelValues ChannelValues::from_config(const Config& config) {
  if (config.is_number()) return config.as_double();
  if (config.is_dict()) return from_config(config.at("config").at("value"));
  std::vector<double> values;
  for (const auto& value : config.as_list()) values.push_back(value.as_double());
  return values;
}

Config ChannelValues::config() const {
  return single_ ? Config(values_[0]) : Config::list_of(values_);
}

Rescaling::Rescaling(ChannelValues scale, RescalingOptions options)
    : Layer(std::make_shared<RescalingImpl>(std::move(scale), std::move(options))) {}

Rescaling Rescaling::from_config(const Config& config) {
  ConfigReader reader("Rescaling", config);
  auto scale = ChannelValues::from_config(reader.require("scale"));
  RescalingOptions options;
  if (const Config& offset = reader.get("offset"); !offset.is_null())
    options.offset = ChannelValues::from_config(offset);
  return Rescaling(std::move(scale), finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
