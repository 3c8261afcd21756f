#pragma once

#include <cstdint>
#include <string>

#include "keras/layers/layer.h"

namespace keras::layers {

struct HashedCrossingOptions {
  std::string output_mode = "int";  ///< or "one_hot", as vectors
  bool sparse = false;              ///< must be false: there are no sparse tensors
  std::string name = {};
  /// The result's; int64 for "int" and config::floatx() for "one_hot" where it is not given.
  std::string dtype = {};
};

/// Two features or more as one: a number below `num_bins` for each combination of their values,
/// which are strings or integers of shape (), (batch) or (batch, 1). Keras:
/// keras.layers.HashedCrossing.
class HashedCrossing : public Layer {
 public:
  /// Throws ValueError unless `num_bins` is positive, and for an unknown `output_mode`.
  explicit HashedCrossing(std::int64_t num_bins, HashedCrossingOptions options = {});
  static HashedCrossing from_config(const Config& config);
};

}  // namespace keras::layers
