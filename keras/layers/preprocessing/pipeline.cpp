#include "keras/layers/preprocessing/pipeline.h"

#include <memory>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/config_reader.h"
#include "keras/layers/preprocessing/image_layer.h"
#include "keras/layers/serialization.h"

namespace keras::layers {
namespace {

class PipelineImpl final : public LayerImpl {
 public:
  PipelineImpl(const std::vector<Layer>& layers, const PipelineOptions& options)
      : LayerImpl({"Pipeline", options.name}) {
    supports_masking_ = true;
    autocast_ = false;
    for (const Layer& layer : layers) {
      if (!layer.defined())
        throw ValueError("Pipeline: `layers` must be a list of layers. Received one that is None.");
      track(layer);
    }
  }

  Tensors call_list(const Tensors& xs, const CallContext& context) override {
    CallOptions options;
    options.training = context.training.value_or(true);
    Tensors values = xs;
    for (const Layer& layer : sublayers())
      values = layer.impl()->invoke(values, values.size() > 1, options);
    return values;
  }

  Tensor call(const Tensor& x, const CallContext& context) override {
    return call_list({x}, context).at(0);
  }

  LabelledImages call_labelled(LabelledImages data, bool training) const {
    for (const Layer& layer : sublayers()) {
      if (auto* images = dynamic_cast<ImageLayerImpl*>(layer.impl().get()))
        data = images->call_labelled(data, training);
      else if (const auto* inner = dynamic_cast<const PipelineImpl*>(layer.impl().get()))
        data = inner->call_labelled(data, training);
      else
        throw ValueError(str("Pipeline ", name(), ": the layer ", layer.name(), " (",
                             layer.class_name(), ") changes images alone."),
                         "call it on `images`.");
    }
    return data;
  }

  Config get_config() const override {
    Config::List layers;
    for (const Layer& layer : sublayers()) layers.push_back(serialize(layer));
    Config config = Config::dict();
    config.set("layers", Config::list(std::move(layers)));
    config.set("name", name());
    return config;
  }
};

}  // namespace

Pipeline::Pipeline(const std::vector<Layer>& layers, PipelineOptions options)
    : Layer(std::make_shared<PipelineImpl>(layers, options)) {}

Pipeline Pipeline::from_config(const Config& config) {
  ConfigReader reader("Pipeline", config);
  const Config& given = reader.get("layers");
  if (!given.is_list())
    throw ValueError(
        str("`Pipeline` config must contain a `layers` key mapping to a list of serialized layers. "
            "Received config with layers=",
            given.is_null() ? "None" : given.to_string(), "."));
  std::vector<Layer> layers;
  for (const Config& layer : given.as_list()) layers.push_back(deserialize(layer));
  const PipelineOptions options{reader.name()};
  reader.finish();
  return Pipeline(layers, options);
}

LabelledImages Pipeline::operator()(const LabelledImages& data, const CallOptions& options) const {
  return static_cast<const PipelineImpl&>(*impl_).call_labelled(data,
                                                                options.training.value_or(true));
}

std::vector<Layer> Pipeline::layers() const { return impl_->sublayers(); }

}  // namespace keras::layers
