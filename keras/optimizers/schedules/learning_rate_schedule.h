#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/utils/config.h"

namespace keras::optimizers::schedules {

/// What a schedule of one's own derives from.
class LearningRateScheduleImpl {
 public:
  virtual ~LearningRateScheduleImpl() = default;
  /// Keras's class name, or one such as "my_app>Mine" for a registered class.
  virtual std::string class_name() const = 0;
  virtual Config get_config() const = 0;
  /// The float32 learning rate at a step counted from 0.
  virtual Tensor call(const Tensor& step) const = 0;
};

/// A learning rate that depends on how many steps were made: an object, or a function of the step.
/// A handle; copies share.
class LearningRateSchedule {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  LearningRateSchedule() = default;
  LearningRateSchedule(std::shared_ptr<const LearningRateScheduleImpl> impl)
      : impl_(std::move(impl)) {}
  template <typename F>
  requires(std::invocable<const F&, const Tensor&> && !std::derived_from<F, LearningRateSchedule>)
      LearningRateSchedule(F function)
      : LearningRateSchedule(from_function(std::move(function))) {}

  bool defined() const { return impl_ != nullptr; }
  Tensor operator()(const Tensor& step) const;
  std::string class_name() const;
  Config get_config() const;
  /// {"module": "keras.optimizers.schedules", "class_name", "config", "registered_name"}. Throws
  /// ValueError for a function, which has no name.
  Config serialize() const;
  static LearningRateSchedule deserialize(const Config& config);

 private:
  static LearningRateSchedule from_function(Function function);

  std::shared_ptr<const LearningRateScheduleImpl> impl_;
};

/// Makes a class known under a name such as "my_app>Mine", so that files that name it load.
void register_schedule(const std::string& name,
                       std::function<LearningRateSchedule(const Config&)> from_config);

/// Keras's class names.
std::vector<std::string> schedule_names();

}  // namespace keras::optimizers::schedules
