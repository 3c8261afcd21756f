#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct SpatialDropout1DOptions {
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  DTypePolicy dtype = {};
};

/// Dropout of whole channels of (batch, steps, channels): Tompson et al., "Efficient object
/// localization using convolutional networks" (2014). Keras: keras.layers.SpatialDropout1D.
class SpatialDropout1D : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit SpatialDropout1D(double rate, SpatialDropout1DOptions options = {});
  static SpatialDropout1D from_config(const Config& config);
};

struct SpatialDropoutOptions {
  /// Keras's image_data_format when empty.
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  DTypePolicy dtype = {};
};

/// Dropout of whole channels of images. Keras: keras.layers.SpatialDropout2D.
class SpatialDropout2D : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit SpatialDropout2D(double rate, SpatialDropoutOptions options = {});
  static SpatialDropout2D from_config(const Config& config);
};

/// Dropout of whole channels of volumes. Keras: keras.layers.SpatialDropout3D.
class SpatialDropout3D : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit SpatialDropout3D(double rate, SpatialDropoutOptions options = {});
  static SpatialDropout3D from_config(const Config& config);
};

}  // namespace keras::layers
