#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct LayerScaleOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Multiplies each of the last axis's channels by a weight of its own, which begins near zero so
/// that deep residual networks start as the identity. Touvron et al., "Going deeper with image
/// transformers" (2021). Part of Keras's ConvNeXt: keras.src.applications.convnext.LayerScale.
class LayerScale : public Layer {
 public:
  /// `init_values`: the weights at first. `projection_dim`: the number of channels; throws
  /// ValueError unless it is positive.
  LayerScale(double init_values, int projection_dim, LayerScaleOptions options = {});
  static LayerScale from_config(const Config& config);
};

}  // namespace keras::layers
