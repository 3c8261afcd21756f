#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "keras/layers/layer.h"
#include "keras/layers/reshaping/spatial_sides.h"

namespace keras::layers {

struct ZeroPaddingOptions {
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Zeros before and after each spatial axis. Keras: keras.layers.ZeroPadding1D, 2D, 3D.
class ZeroPadding1D : public Layer {
 public:
  /// `padding` is an integer or {before, after}. Throws ValueError for a negative one.
  explicit ZeroPadding1D(SpatialSides padding = 1, ZeroPaddingOptions options = {});
  ZeroPadding1D(std::initializer_list<SpatialSides::Entry> padding, ZeroPaddingOptions options = {})
      : ZeroPadding1D(SpatialSides(padding), std::move(options)) {}
  static ZeroPadding1D from_config(const Config& config);
};
class ZeroPadding2D : public Layer {
 public:
  /// `padding` is an integer, {height, width} or {{top, bottom}, {left, right}}.
  explicit ZeroPadding2D(SpatialSides padding = 1, ZeroPaddingOptions options = {});
  ZeroPadding2D(std::initializer_list<SpatialSides::Entry> padding, ZeroPaddingOptions options = {})
      : ZeroPadding2D(SpatialSides(padding), std::move(options)) {}
  static ZeroPadding2D from_config(const Config& config);
};
class ZeroPadding3D : public Layer {
 public:
  explicit ZeroPadding3D(SpatialSides padding = 1, ZeroPaddingOptions options = {});
  ZeroPadding3D(std::initializer_list<SpatialSides::Entry> padding, ZeroPaddingOptions options = {})
      : ZeroPadding3D(SpatialSides(padding), std::move(options)) {}
  static ZeroPadding3D from_config(const Config& config);
};

}  // namespace keras::layers
