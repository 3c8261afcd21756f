#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/axes.h"

namespace keras::layers {

struct UnitNormalizationOptions {
  /// One axis or several that are normalized together.
  Axes axis = -1;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Makes the Euclidean length along the axes 1. Keras: keras.layers.UnitNormalization.
class UnitNormalization : public Layer {
 public:
  /// Throws ValueError without any axis.
  explicit UnitNormalization(UnitNormalizationOptions options = {});
  static UnitNormalization from_config(const Config& config);
};

}  // namespace keras::layers
