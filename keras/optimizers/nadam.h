#pragma once

#include <optional>
#include <string>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct NadamOptions {
  LearningRate learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
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
/// Adam with Nesterov momentum: Dozat (2015). Keras: keras.optimizers.Nadam.
class Nadam : public Optimizer {
 public:
  Nadam(NadamOptions options = {});
};

}  // namespace keras::optimizers
