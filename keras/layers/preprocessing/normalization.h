#pragma once

#include <string>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/adapt_data.h"
#include "keras/ops/axes.h"

namespace keras::layers {

struct NormalizationOptions {
  /// The axes whose places have a mean and variance each; without any (`std::nullopt`), all
  /// elements share one.
  Axes axis = -1;
  /// Given instead of adapted; of no more axes than `axis` has.
  Tensor mean = {};
  Tensor variance = {};
  bool invert = false;  ///< whether to undo a normalization
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// (x - mean) / √variance, with statistics that are given or that `adapt` takes from data. Keras:
/// keras.layers.Normalization.
class Normalization : public Layer {
 public:
  /// Throws ValueError where only one of `mean` and `variance` is given, their shapes differ, or
  /// they have more axes than `axis`.
  explicit Normalization(NormalizationOptions options = {});
  static Normalization from_config(const Config& config);

  /// Takes mean and variance from data, in place of those of earlier calls. Throws ValueError where
  /// they were given, or for shapes that do not fit.
  void adapt(const AdaptData& data) const;
};

}  // namespace keras::layers
