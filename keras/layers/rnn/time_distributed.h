#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct TimeDistributedOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// The same layer on each time step: (batch, steps, …) → (batch, steps, …). Keras:
/// keras.layers.TimeDistributed.
class TimeDistributed : public Layer {
 public:
  /// Throws ValueError for an empty handle.
  explicit TimeDistributed(Layer layer, TimeDistributedOptions options = {});
  static TimeDistributed from_config(const Config& config);
};

}  // namespace keras::layers
