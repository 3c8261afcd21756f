#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/optimizers/optimizer.h"
#include "keras/optimizers/optimizer_impl.h"

namespace keras::optimizers {

struct MuonOptions {
  LearningRate learning_rate = 0.001;
  double adam_beta_1 = 0.9;
  double adam_beta_2 = 0.999;
  std::optional<double> adam_weight_decay = 0.004;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = 0.004;
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<int> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<int> gradient_accumulation_steps = {};
  std::string name = {};
  std::vector<std::string> exclude_layers = {};  ///< regular expressions searched in paths
  bool exclude_embeddings = true;
  double muon_a = 3.4445;
  double muon_b = -4.775;
  double muon_c = 2.0315;
  double adam_lr_ratio = 1;
  double momentum = 0.95;
  int ns_steps = 5;
  bool nesterov = true;
  std::optional<double> rms_rate = 0.2;
};
/// Momentum made orthogonal for matrices, Adam for the rest: Jordan et al. (2024).
/// Keras: keras.optimizers.Muon.
class Muon : public Optimizer {
 public:
  Muon(MuonOptions options = {});
};

}  // namespace keras::optimizers
