#pragma once

#include <string>

#include "keras/optimizers/optimizer.h"

namespace keras::optimizers {

struct LossScaleOptimizerOptions {
  double initial_scale = 32768;
  /// After so many steps with finite gradients the scale doubles.
  int dynamic_growth_steps = 2000;
  std::string name = {};
};
/// Scales the loss up and the gradients down again around another optimizer, so that small
/// gradients survive float16. A step whose gradients are not all finite changes nothing but the
/// scale, which it halves. Keras: keras.optimizers.LossScaleOptimizer.
class LossScaleOptimizer : public Optimizer {
 public:
  /// Turns off the loss_scale_factor of `inner_optimizer`. Throws ValueError when that is None.
  explicit LossScaleOptimizer(const Optimizer& inner_optimizer,
                              LossScaleOptimizerOptions options = {});
};

}  // namespace keras::optimizers
