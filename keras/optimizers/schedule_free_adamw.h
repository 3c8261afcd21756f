#pragma once

#include <optional>
#include <string>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct ScheduleFreeAdamWOptions {
  LearningRate learning_rate = 0.0025;
  double beta_1 = 0.9;  ///< how far the weights are drawn from the iterates to their average
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  int warmup_steps = 0;  ///< over which the learning rate rises from 0
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<int> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<int> gradient_accumulation_steps = {};
  std::string name = {};
};
/// AdamW with averaged iterates instead of a schedule: Defazio et al., "The road less scheduled"
/// (2024). Keras: keras.optimizers.ScheduleFreeAdamW.
class ScheduleFreeAdamW : public Optimizer {
 public:
  ScheduleFreeAdamW(ScheduleFreeAdamWOptions options = {});
};

}  // namespace keras::optimizers
