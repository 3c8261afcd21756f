#pragma once

#include <string>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/metrics/metric.h"
#include "keras/optimizers/optimizer.h"

namespace keras::callbacks {

/// What a callback can do with the model that is being trained.
class CallbackModel {
 public:
  virtual ~CallbackModel() = default;

  /// All weights, in Keras's order.
  virtual Tensors get_weights() const = 0;
  virtual void set_weights(const Tensors& weights) = 0;
  /// Writes the model as the ending of the name says. Throws IoError, and then an older file of
  /// that name is whole.
  virtual void save(const std::string& filepath) const = 0;
  virtual void save_weights(const std::string& filepath) const = 0;
  /// Undefined before `compile`.
  virtual Optimizer optimizer() const = 0;
  /// The metrics of `compile`.
  virtual std::vector<Metric> compiled_metrics() const = 0;

  /// Ends `fit` after the batch or epoch at hand.
  bool stop_training = false;
  /// Ends `evaluate` or `predict` after the batch at hand.
  bool stop_evaluating = false;
  bool stop_predicting = false;
};

}  // namespace keras::callbacks
