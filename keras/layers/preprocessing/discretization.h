#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/adapt_data.h"

namespace keras::layers {

// As Keras's, this layer has no argument `trainable`.

struct DiscretizationOptions {
  /// Increasing; n of them make n + 1 bins. Either these or `num_bins` must be given.
  std::optional<std::vector<double>> bin_boundaries = {};
  std::optional<int> num_bins = {};  ///< which `adapt` finds boundaries for
  double epsilon = 0.01;             ///< the error of quantiles that `adapt` may make
  /// "int": the number of the bin of each element. "one_hot": each number as a vector. "multi_hot"
  /// and "count": all numbers along the second axis as one vector.
  std::string output_mode = "int";
  bool sparse = false;  ///< must be false: there are no sparse tensors
  std::string name = {};
  DTypePolicy dtype = {};
};

/// Further arguments of `Discretization::adapt`.
struct DiscretizationAdaptOptions {
  /// At how many batches it looks; at all when unset.
  std::optional<std::int64_t> steps = {};
};

/// Numbers as numbers of bins: 0 below the first boundary. Keras: keras.layers.Discretization.
class Discretization : public Layer {
 public:
  /// Throws ValueError unless exactly one of `bin_boundaries` and `num_bins` is given, and for an
  /// unknown `output_mode`. Calls throw ValueError before boundaries are there.
  explicit Discretization(DiscretizationOptions options = {});
  static Discretization from_config(const Config& config);

  /// Takes boundaries of bins with about as many elements each from data. Throws ValueError where
  /// they were given.
  void adapt(const AdaptData& data, DiscretizationAdaptOptions options = {}) const;
  /// As given or adapted; nothing before.
  std::optional<std::vector<double>> bin_boundaries() const;
};

}  // namespace keras::layers
