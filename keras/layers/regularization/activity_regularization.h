#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct ActivityRegularizationOptions {
  double l1 = 0.0;
  double l2 = 0.0;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Returns its input and adds l1 · Σ|x| + l2 · Σx², divided by the batch size, to the loss. Keras:
/// keras.layers.ActivityRegularization.
class ActivityRegularization : public Layer {
 public:
  /// Throws ValueError for a factor that is negative or not finite.
  explicit ActivityRegularization(ActivityRegularizationOptions options = {});
  static ActivityRegularization from_config(const Config& config);
};

}  // namespace keras::layers
