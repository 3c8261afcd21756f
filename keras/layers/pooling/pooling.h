#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"

namespace keras::layers {

struct PoolingOptions {
  /// `pool_size` when not given.
  ops::SpatialSizes strides = {};
  std::string padding = "valid";
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The largest value, or the mean, of each window over the spatial axes.
/// Keras: keras.layers.MaxPooling1D … AveragePooling3D.
#define KERAS_POOLING(name)                                                      \
  class name : public Layer {                                                    \
   public:                                                                       \
    explicit name(ops::SpatialSizes pool_size = 2, PoolingOptions options = {}); \
    static name from_config(const Config& config);                               \
  };
KERAS_POOLING(MaxPooling1D)
KERAS_POOLING(MaxPooling2D)
KERAS_POOLING(MaxPooling3D)
KERAS_POOLING(AveragePooling1D)
KERAS_POOLING(AveragePooling2D)
KERAS_POOLING(AveragePooling3D)
#undef KERAS_POOLING

struct GlobalPoolingOptions {
  std::string data_format = {};
  bool keepdims = false;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The largest value, or the mean, over all spatial axes.
/// Keras: keras.layers.GlobalMaxPooling1D … GlobalAveragePooling3D.
#define KERAS_GLOBAL_POOLING(name)                    \
  class name : public Layer {                         \
   public:                                            \
    explicit name(GlobalPoolingOptions options = {}); \
    static name from_config(const Config& config);    \
  };
KERAS_GLOBAL_POOLING(GlobalMaxPooling1D)
KERAS_GLOBAL_POOLING(GlobalMaxPooling2D)
KERAS_GLOBAL_POOLING(GlobalMaxPooling3D)
KERAS_GLOBAL_POOLING(GlobalAveragePooling1D)
KERAS_GLOBAL_POOLING(GlobalAveragePooling2D)
KERAS_GLOBAL_POOLING(GlobalAveragePooling3D)
#undef KERAS_GLOBAL_POOLING

}  // namespace keras::layers
