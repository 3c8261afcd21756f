#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/nn/spatial.h"

namespace keras::layers {

struct UpSampling1DOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

struct UpSampling2DOptions {
  std::string data_format = {};
  /// "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
  std::string interpolation = "nearest";
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

struct UpSampling3DOptions {
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Each element of the spatial axes `size` times, or interpolated as by keras.ops.image.resize.
/// Keras: keras.layers.UpSampling1D, 2D, 3D.
class UpSampling1D : public Layer {
 public:
  /// Throws ValueError unless `size` is positive.
  explicit UpSampling1D(int size = 2, UpSampling1DOptions options = {});
  static UpSampling1D from_config(const Config& config);
};
class UpSampling2D : public Layer {
 public:
  explicit UpSampling2D(ops::SpatialSizes size = 2, UpSampling2DOptions options = {});
  static UpSampling2D from_config(const Config& config);
};
class UpSampling3D : public Layer {
 public:
  explicit UpSampling3D(ops::SpatialSizes size = 2, UpSampling3DOptions options = {});
  static UpSampling3D from_config(const Config& config);
};

}  // namespace keras::layers
