#pragma once

#include <optional>
#include <string>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// Arguments of EarlyStopping.
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< a smaller change is none
  int patience = 0;      ///< epochs without improvement after which training stops
  int verbose = 0;
  std::string mode = "auto";
  /// A value that must be beaten, or patience runs out.
  std::optional<double> baseline = {};
  bool restore_best_weights = false;
  int start_from_epoch = 0;  ///< epochs before this one do not count
};

/// Stops training when a value has stopped improving. Keras: keras.callbacks.EarlyStopping.
class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {});
};

}  // namespace keras::callbacks
