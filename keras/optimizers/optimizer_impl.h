#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/engine/tensor/variable.h"
#include "keras/optimizers/schedules/learning_rate_schedule.h"
#include "keras/utils/config.h"

namespace keras::optimizers {

/// A `learning_rate` argument: a number, which can be changed later, or a schedule.
class LearningRate {
 public:
  LearningRate(double value) : value_(value) {}
  LearningRate(schedules::LearningRateSchedule schedule) : schedule_(std::move(schedule)) {}

  double value() const { return value_; }
  /// Undefined where the learning rate is a number.
  const schedules::LearningRateSchedule& schedule() const { return schedule_; }
  Config serialize() const;
  /// A number or a serialized schedule.
  static LearningRate deserialize(const Config& config);

 private:
  double value_ = 0;
  schedules::LearningRateSchedule schedule_;
};

/// Arguments that every optimizer has.
struct OptimizerOptions {
  LearningRate learning_rate = 0.001;
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};         ///< bounds each gradient's L2 norm
  std::optional<double> clipvalue = {};        ///< bounds each gradient's elements
  std::optional<double> global_clipnorm = {};  ///< bounds the L2 norm of all gradients together
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<int> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<int> gradient_accumulation_steps = {};
  std::string name = {};
};

/// What an optimizer of one's own derives from: makes its slots in `build_slots` and updates one
/// variable in `update_step`.
class OptimizerImpl {
 public:
  /// Throws ValueError for arguments that exclude each other or are out of range.
  OptimizerImpl(std::string_view class_name, OptimizerOptions options);
  virtual ~OptimizerImpl() = default;

  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const { return class_name_; }
  virtual Config get_config() const;
  /// Makes the slots. They start with the values that Keras gives them.
  virtual void build_slots(const Variables& trainable_variables) = 0;
  /// Changes one variable; `index` is its place among those of `build_slots`.
  virtual void update_step(const Tensor& gradient, const Variable& variable,
                           const Tensor& learning_rate, std::size_t index) = 0;
  /// What happens once a step, before the variables' updates.
  virtual void begin_step() {}

  void build(const Variables& trainable_variables);
  virtual void apply(const Tensors& gradients, const Variables& trainable_variables);
  void exclude_from_weight_decay(const Variables& variables, std::vector<std::string> names);
  virtual void finalize_variable_values();
  virtual void set_learning_rate(double value);
  virtual Tensor learning_rate() const;
  virtual Tensor scale_loss(const Tensor& loss) const;
  void set_loss_scale_factor(std::optional<double> factor) { options_.loss_scale_factor = factor; }

  bool built() const { return built_; }
  const std::string& name() const { return options_.name; }
  virtual Variable iterations() const { return iterations_; }
  /// How many updates were made: fewer than `iterations` where gradients are accumulated.
  Tensor update_count() const;
  virtual Variables variables() const { return variables_; }
  const Variables& trainable_variables() const { return trainable_variables_; }

 protected:
  const OptimizerOptions& options() const { return options_; }
  /// The weight decay of one variable; none where there is nothing to do.
  virtual std::optional<double> weight_decay_of(const Variable& variable) const;
  /// One slot of the variable's shape and dtype for each, named "<optimizer>/<variable>_<name>".
  Variables add_slots(const Variables& variables, const std::string& name, double value = 0);
  Variable add_slot(const Variable& variable, const std::string& name, double value = 0);
  Variable add_variable(const Tensor& initial, const std::string& name);

 private:
  std::size_t index_of(const Variable& variable) const;
  void apply_updates(Tensors gradients, const Variables& variables);
  void apply_accumulated(const Tensors& gradients, const Variables& variables);
  void update_all(Tensors gradients, const Variables& variables);
  Tensors clip(Tensors gradients) const;
  void decay_weights(const Variables& variables) const;
  void update_averages();
  bool uses_weight_decay(const Variable& variable) const;

  std::string class_name_;
  OptimizerOptions options_;
  Variable iterations_;
  Variable learning_rate_;
  Variables variables_;
  Variables trainable_variables_;
  Variables averages_;
  Variables accumulators_;
  Variables undecayed_variables_;
  std::vector<std::string> undecayed_names_;
  bool built_ = false;
};

}  // namespace keras::optimizers
