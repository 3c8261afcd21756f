#include "keras/layers/core/wrapper.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/layers/serialization.h"

namespace keras {

WrapperImpl::WrapperImpl(LayerBase base, Layer layer) : LayerImpl(std::move(base)) {
  if (!layer.defined())
    throw ValueError(
        "Layer None supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer "
        "is a valid Keras layer.");
  layer_ = track(std::move(layer), "layer");
}

void WrapperImpl::build(const Shapes& input_shapes) {
  if (!layer_.built()) layer_.build(input_shapes);
}

Config WrapperImpl::get_config() const {
  Config config = LayerImpl::get_config();
  config.set("layer", layers::serialize(layer_));
  return config;
}

}  // namespace keras
