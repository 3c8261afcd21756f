#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"

namespace keras::layers {

struct AdaptivePoolingOptions {
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The largest value, or the mean, of `output_size` windows along each spatial axis, whatever its
/// size. Keras: keras.layers.AdaptiveMaxPooling1D … AdaptiveAveragePooling3D.
#define KERAS_ADAPTIVE_POOLING(name)                                                   \
  class name : public Layer {                                                          \
   public:                                                                             \
    explicit name(ops::SpatialSizes output_size, AdaptivePoolingOptions options = {}); \
    static name from_config(const Config& config);                                     \
  };
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling1D)
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling2D)
KERAS_ADAPTIVE_POOLING(AdaptiveMaxPooling3D)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling1D)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling2D)
KERAS_ADAPTIVE_POOLING(AdaptiveAveragePooling3D)
#undef KERAS_ADAPTIVE_POOLING

}  // namespace keras::layers
