#pragma once

#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct StochasticDepthOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Drops in training the whole input of some samples, so that of a residual block only the
/// shortcut is left, and scales the others up so that the mean stays. Huang et al., "Deep networks
/// with stochastic depth" (2016). Draws from the global generator, as in Keras. Part of Keras's
/// ConvNeXt: keras.src.applications.convnext.StochasticDepth.
class StochasticDepth : public Layer {
 public:
  /// `drop_path_rate`: the probability that a sample is dropped. Throws ValueError unless it is in
  /// [0, 1).
  explicit StochasticDepth(double drop_path_rate, StochasticDepthOptions options = {});
  static StochasticDepth from_config(const Config& config);
};

}  // namespace keras::layers
