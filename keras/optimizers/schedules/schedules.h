#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keras/optimizers/schedules/learning_rate_schedule.h"

// All of them throw ValueError unless the number of decay steps is positive.
namespace keras::optimizers::schedules {

struct ExponentialDecayOptions {
  bool staircase = false;  ///< decay in whole steps of decay_steps
  std::string name = "ExponentialDecay";
};
/// initial_learning_rate · decay_rate ^ (step / decay_steps).
/// Keras: keras.optimizers.schedules.ExponentialDecay.
class ExponentialDecay : public LearningRateSchedule {
 public:
  ExponentialDecay(double initial_learning_rate, std::int64_t decay_steps, double decay_rate,
                   ExponentialDecayOptions options = {});
};

struct PiecewiseConstantDecayOptions {
  std::string name = "PiecewiseConstant";
};
/// values[0] up to the step boundaries[0], then values[1] up to boundaries[1], and so on. Throws
/// ValueError unless there is one value more than boundaries.
/// Keras: keras.optimizers.schedules.PiecewiseConstantDecay.
class PiecewiseConstantDecay : public LearningRateSchedule {
 public:
  PiecewiseConstantDecay(std::vector<std::int64_t> boundaries, std::vector<double> values,
                         PiecewiseConstantDecayOptions options = {});
};

struct PolynomialDecayOptions {
  double end_learning_rate = 0.0001;
  double power = 1.0;
  bool cycle = false;  ///< start again, ever more slowly, instead of staying at the end
  std::string name = "PolynomialDecay";
};
/// Keras: keras.optimizers.schedules.PolynomialDecay.
class PolynomialDecay : public LearningRateSchedule {
 public:
  PolynomialDecay(double initial_learning_rate, std::int64_t decay_steps,
                  PolynomialDecayOptions options = {});
};

struct InverseTimeDecayOptions {
  bool staircase = false;
  std::string name = "InverseTimeDecay";
};
/// initial_learning_rate / (1 + decay_rate · step / decay_steps).
/// Keras: keras.optimizers.schedules.InverseTimeDecay.
class InverseTimeDecay : public LearningRateSchedule {
 public:
  InverseTimeDecay(double initial_learning_rate, std::int64_t decay_steps, double decay_rate,
                   InverseTimeDecayOptions options = {});
};

struct CosineDecayOptions {
  double alpha = 0.0;  ///< what remains in the end, as a fraction of the initial rate
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = {};
  std::int64_t warmup_steps = 0;
};
/// Half a cosine, after a linear warm-up if there is a target: Loshchilov and Hutter, "SGDR"
/// (2016). Keras: keras.optimizers.schedules.CosineDecay.
class CosineDecay : public LearningRateSchedule {
 public:
  CosineDecay(double initial_learning_rate, std::int64_t decay_steps,
              CosineDecayOptions options = {});
};

struct CosineDecayRestartsOptions {
  double t_mul = 2.0;  ///< how much longer each period is
  double m_mul = 1.0;  ///< how much higher each period starts
  double alpha = 0.0;
  std::string name = "SGDRDecay";
};
/// Keras: keras.optimizers.schedules.CosineDecayRestarts.
class CosineDecayRestarts : public LearningRateSchedule {
 public:
  CosineDecayRestarts(double initial_learning_rate, std::int64_t first_decay_steps,
                      CosineDecayRestartsOptions options = {});
};

}  // namespace keras::optimizers::schedules
