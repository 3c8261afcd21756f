#pragma once

#include <string>

#include "keras/layers/layer_impl.h"

namespace keras {

/// What layers derive from that wrap another one: the layer inside is built with them, its weights
/// are theirs, and files hold it under "layer". Override `call`, and
/// read the layer inside with `layers::deserialize` in `from_config`. Keras: keras.layers.Wrapper.
class WrapperImpl : public LayerImpl {
 public:
  /// Throws ValueError for an empty layer.
  WrapperImpl(LayerBase base, Layer layer);

  /// Builds the layer inside for the same inputs, unless it is built.
  void build(const Shapes& input_shapes) override;
  /// With the layer inside under "layer".
  Config get_config() const override;

  const Layer& layer() const { return layer_; }

 private:
  Layer layer_;
};

}  // namespace keras
