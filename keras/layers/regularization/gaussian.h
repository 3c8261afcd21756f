#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct GaussianNoiseOptions {
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// In training adds normally distributed noise of mean 0. Keras: keras.layers.GaussianNoise.
class GaussianNoise : public Layer {
 public:
  /// Throws ValueError unless `stddev` is in [0, 1].
  explicit GaussianNoise(double stddev, GaussianNoiseOptions options = {});
  static GaussianNoise from_config(const Config& config);
};

struct GaussianDropoutOptions {
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// In training multiplies by normally distributed noise of mean 1 and standard deviation
/// √(rate / (1 - rate)). Keras: keras.layers.GaussianDropout.
class GaussianDropout : public Layer {
 public:
  /// Throws ValueError unless `rate` is in [0, 1].
  explicit GaussianDropout(double rate, GaussianDropoutOptions options = {});
  static GaussianDropout from_config(const Config& config);
};

}  // namespace keras::layers
