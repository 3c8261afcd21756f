#pragma once

#include <optional>
#include <string>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  double rho = 0.95;
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
/// Zeiler (2012). Keras: keras.optimizers.Adadelta.
class Adadelta : public Optimizer {
 public:
  Adadelta(AdadeltaOptions options = {});
};

}  // namespace keras::optimizers
