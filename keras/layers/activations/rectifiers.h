#pragma once

#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct ReLUOptions {
  std::optional<double> max_value = {};
  double negative_slope = 0.0;
  double threshold = 0.0;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// max(x, 0), or max_value above it, x from `threshold` on, and negative_slope · (x - threshold)
/// below. Keras: keras.layers.ReLU.
class ReLU : public Layer {
 public:
  /// Throws ValueError for negative arguments.
  explicit ReLU(ReLUOptions options = {});
  static ReLU from_config(const Config& config);
};

struct LeakyReLUOptions {
  double negative_slope = 0.3;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// x, or negative_slope · x below 0. Keras: keras.layers.LeakyReLU.
class LeakyReLU : public Layer {
 public:
  /// Throws ValueError for a negative slope.
  explicit LeakyReLU(LeakyReLUOptions options = {});
  static LeakyReLU from_config(const Config& config);
};

struct ELUOptions {
  double alpha = 1.0;
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// x, or alpha · (exp(x) - 1) below 0: Clevert et al., "Fast and accurate deep network learning by
/// exponential linear units" (2016). Keras: keras.layers.ELU.
class ELU : public Layer {
 public:
  explicit ELU(ELUOptions options = {});
  static ELU from_config(const Config& config);
};

}  // namespace keras::layers
