#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "keras/layers/layer.h"
#include "keras/layers/reshaping/spatial_sides.h"

namespace keras::layers {

struct Cropping1DOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

struct CroppingOptions {
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Without so many elements at the start and the end of each spatial axis. A call throws ValueError
/// where nothing is left. Keras: keras.layers.Cropping1D, 2D, 3D.
class Cropping1D : public Layer {
 public:
  /// `cropping` is an integer or {before, after}. Throws ValueError for a negative one.
  explicit Cropping1D(SpatialSides cropping = 1, Cropping1DOptions options = {});
  Cropping1D(std::initializer_list<SpatialSides::Entry> cropping, Cropping1DOptions options = {})
      : Cropping1D(SpatialSides(cropping), std::move(options)) {}
  static Cropping1D from_config(const Config& config);
};
class Cropping2D : public Layer {
 public:
  /// `cropping` is an integer, {height, width} or {{top, bottom}, {left, right}}.
  explicit Cropping2D(SpatialSides cropping = 0, CroppingOptions options = {});
  Cropping2D(std::initializer_list<SpatialSides::Entry> cropping, CroppingOptions options = {})
      : Cropping2D(SpatialSides(cropping), std::move(options)) {}
  static Cropping2D from_config(const Config& config);
};
class Cropping3D : public Layer {
 public:
  explicit Cropping3D(SpatialSides cropping = 1, CroppingOptions options = {});
  Cropping3D(std::initializer_list<SpatialSides::Entry> cropping, CroppingOptions options = {})
      : Cropping3D(SpatialSides(cropping), std::move(options)) {}
  static Cropping3D from_config(const Config& config);
};

}  // namespace keras::layers
