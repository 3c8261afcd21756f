#pragma once

#include <functional>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// Further arguments of LearningRateScheduler.
struct LearningRateSchedulerOptions {
  int verbose = 0;
};

/// Sets the learning rate at the beginning of each epoch, and logs it as "learning_rate". Keras:
/// keras.callbacks.LearningRateScheduler.
class LearningRateScheduler : public Callback {
 public:
  /// Gives the rate of an epoch, counted from 0, from its number and the present rate.
  using Schedule = std::function<double(int epoch, double learning_rate)>;

  /// Throws ValueError for an empty function.
  explicit LearningRateScheduler(Schedule schedule, LearningRateSchedulerOptions options = {});
};

}  // namespace keras::callbacks
