#pragma once

#include <optional>
#include <string>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct FtrlOptions {
  LearningRate learning_rate = 0.001;
  double learning_rate_power = -0.5;
  double initial_accumulator_value = 0.1;
  double l1_regularization_strength = 0.0;
  double l2_regularization_strength = 0.0;
  double l2_shrinkage_regularization_strength = 0.0;
  double beta = 0.0;
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
/// Follow the regularized leader: McMahan et al. (2013). Throws ValueError for strengths below 0
/// and a power above 0. Keras: keras.optimizers.Ftrl.
class Ftrl : public Optimizer {
 public:
  Ftrl(FtrlOptions options = {});
};

}  // namespace keras::optimizers
