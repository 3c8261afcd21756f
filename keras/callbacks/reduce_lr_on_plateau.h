#pragma once

#include <string>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// Arguments of ReduceLROnPlateau.
struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;  ///< new rate = rate * factor
  int patience = 10;    ///< epochs without improvement after which the rate falls
  int verbose = 0;
  std::string mode = "auto";
  double min_delta = 1e-4;
  int cooldown = 0;  ///< epochs to wait after a reduction before watching again
  double min_lr = 0.0;
};

/// Lowers the learning rate when a value has stopped improving, and logs it as "learning_rate".
/// Keras: keras.callbacks.ReduceLROnPlateau.
class ReduceLROnPlateau : public Callback {
 public:
  /// Throws ValueError for a factor of 1 or more.
  explicit ReduceLROnPlateau(ReduceLROnPlateauOptions options = {});
};

}  // namespace keras::callbacks
