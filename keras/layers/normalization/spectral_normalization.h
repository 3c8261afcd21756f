#pragma once

#include <cstdint>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct SpectralNormalizationOptions {
  std::int64_t power_iterations = 1;  ///< how well the largest singular value is found
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Divides the kernel (or embeddings) of a layer by its largest singular value at each call in
/// training, which keeps the layer from stretching its inputs: Miyato et al., "Spectral
/// normalization for generative adversarial networks" (2018). Keras:
/// keras.layers.SpectralNormalization.
class SpectralNormalization : public Layer {
 public:
  /// Throws ValueError for `power_iterations` below 1; the layer throws it when it is built and has
  /// neither kernel nor embeddings.
  explicit SpectralNormalization(Layer layer, SpectralNormalizationOptions options = {});
  static SpectralNormalization from_config(const Config& config);
};

}  // namespace keras::layers
