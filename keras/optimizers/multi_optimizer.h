#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keras/optimizers/optimizer.h"

namespace keras::optimizers {

/// Which optimizer trains which variable: by its path, or by the only regular expression that
/// matches the whole of it, else the default one. Keras: OptimizerMap.
struct OptimizerMap {
  Optimizer default_optimizer = {};
  std::vector<std::pair<std::string, Optimizer>> optimizer_map = {};
};

struct MultiOptimizerOptions {
  std::optional<double> loss_scale_factor = {};  ///< in the place of those of the optimizers inside
  std::string name = {};
};
/// Lets different optimizers train different variables. Keras: keras.optimizers.MultiOptimizer.
class MultiOptimizer : public Optimizer {
 public:
  /// Throws ValueError for a map without a default, and for optimizers that hold others.
  explicit MultiOptimizer(OptimizerMap optimizer_map, MultiOptimizerOptions options = {});
};

}  // namespace keras::optimizers
