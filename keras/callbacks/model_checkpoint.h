#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keras/callbacks/callback.h"

namespace keras::callbacks {

/// When to save: at the end of each epoch ("epoch"), or after so many batches.
class SaveFreq {
 public:
  /// Throws ValueError for any name but "epoch".
  SaveFreq(const char* name);
  /// Throws ValueError unless positive.
  SaveFreq(std::int64_t batches);
  SaveFreq(int batches) : SaveFreq(static_cast<std::int64_t>(batches)) {}

  /// Nothing means epochs.
  std::optional<std::int64_t> batches() const { return batches_; }

 private:
  std::optional<std::int64_t> batches_;
};

/// Further arguments of ModelCheckpoint.
struct ModelCheckpointOptions {
  std::string monitor = "val_loss";
  int verbose = 0;
  bool save_best_only = false;  ///< keep the file while `monitor` does not improve
  bool save_weights_only = false;
  std::string mode = "auto";
  SaveFreq save_freq = "epoch";
  /// What the first value must beat: the best of an earlier run.
  std::optional<double> initial_value_threshold = {};
};

/// Saves the model or its weights while it trains. An older file stays whole until the new one is
/// there. Keras: keras.callbacks.ModelCheckpoint.
class ModelCheckpoint : public Callback {
 public:
  /// `filepath` may have fields: "{epoch:02d}-{val_loss:.2f}.keras". Throws ValueError unless it
  /// ends in ".keras" or ".h5", for weights in ".weights.h5".
  explicit ModelCheckpoint(std::string filepath, ModelCheckpointOptions options = {});
};

}  // namespace keras::callbacks
