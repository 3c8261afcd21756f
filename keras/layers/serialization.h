#pragma once

#include "keras/activations/activation.h"
#include "keras/layers/layer.h"

namespace keras::layers {

/// What a model file holds of a layer: its module, class name and config. Keras:
/// keras.layers.serialize.
Config serialize(const Layer& layer);
/// The layer that a serialized object describes. Throws ValueError for a class that is neither
/// Keras's nor registered. Keras: keras.layers.deserialize.
Layer deserialize(const Config& config);

/// An `activation` argument as a model file holds it: a name, or a layer without weights.
activations::Activation activation_from_config(const Config& config);

}  // namespace keras::layers
