#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/axes.h"

namespace keras::layers {

struct RMSNormalizationOptions {
  /// One axis or several, whose elements have a scale each.
  Axes axis = -1;
  double epsilon = 1e-6;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Divides each example by the root of its mean square. Zhang and Sennrich, "Root mean square layer
/// normalization" (2019). Keras: keras.layers.RMSNormalization.
class RMSNormalization : public Layer {
 public:
  /// Throws ValueError without any axis.
  explicit RMSNormalization(RMSNormalizationOptions options = {});
  static RMSNormalization from_config(const Config& config);
};

}  // namespace keras::layers
