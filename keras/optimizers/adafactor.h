#pragma once

#include <optional>
#include <string>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct AdafactorOptions {
  LearningRate learning_rate = 0.001;
  double beta_2_decay = -0.8;
  double epsilon_1 = 1e-30;
  double epsilon_2 = 1e-3;
  double clip_threshold = 1.0;
  bool relative_step = true;
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
/// Second moments factored into rows and columns: Shazeer and Stern (2018).
/// Keras: keras.optimizers.Adafactor.
class Adafactor : public Optimizer {
 public:
  Adafactor(AdafactorOptions options = {});
};

}  // namespace keras::optimizers
