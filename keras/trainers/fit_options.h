#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keras/callbacks/callback.h"
#include "keras/trainers/data.h"
#include "keras/trainers/data_adapters/dataset.h"

namespace keras {

namespace trainers {

/// `verbose`: "auto" (as 1), 0 silent, 1 a progress bar, 2 a line for each epoch.
class Verbose {
 public:
  /// Throws ValueError for any name but "auto".
  Verbose(const char* name);
  /// Throws ValueError unless 0, 1 or 2.
  Verbose(int level);
  int level() const { return level_; }

 private:
  int level_ = 1;
};

/// `shuffle`: all examples before each epoch (true), not at all, or only within each "batch".
class Shuffle {
 public:
  Shuffle(bool on) : all_(on) {}
  /// Throws ValueError for any name but "batch".
  Shuffle(const char* name);
  bool all() const { return all_; }
  bool within_batches() const { return within_batches_; }

 private:
  bool all_ = false;
  bool within_batches_ = false;
};

/// `validation_data`: x and y, with weights or without, or a dataset.
class ValidationData {
 public:
  ValidationData() = default;
  ValidationData(Data x, Data y, Data sample_weight = {})
      : arrays_{std::move(x), std::move(y), std::move(sample_weight)} {}
  ValidationData(Batch arrays) : arrays_(std::move(arrays)) {}
  ValidationData(Dataset dataset) : dataset_(std::move(dataset)) {}

  bool defined() const { return arrays_.x.defined() || dataset_.defined(); }
  const Batch& arrays() const { return arrays_; }
  const Dataset& dataset() const { return dataset_; }

 private:
  Batch arrays_;
  Dataset dataset_;
};

/// `validation_freq`: every n-th epoch, or these epochs, counted from 1.
class ValidationFreq {
 public:
  /// Throws ValueError unless positive.
  ValidationFreq(int every);
  ValidationFreq(std::vector<int> epochs) : epochs_(std::move(epochs)) {}
  ValidationFreq(std::initializer_list<int> epochs) : epochs_(epochs) {}
  /// `epoch` is counted from 0.
  bool includes(int epoch) const;

 private:
  int every_ = 0;
  std::vector<int> epochs_;
};

}  // namespace trainers

/// Arguments of `fit`. Keras: keras.Model.fit.
struct FitOptions {
  std::optional<std::int64_t> batch_size = {};  ///< 32 where not given
  int epochs = 1;
  trainers::Verbose verbose = "auto";
  std::vector<Callback> callbacks = {};
  /// The share of the examples, the last ones, that is held back for validation: in [0, 1).
  double validation_split = 0.0;
  trainers::ValidationData validation_data = {};
  trainers::Shuffle shuffle = true;
  std::map<std::int64_t, double> class_weight = {};  ///< classes that are not there have 1
  Data sample_weight = {};
  int initial_epoch = 0;
  /// Where not given, an epoch is a pass through the data.
  std::optional<std::int64_t> steps_per_epoch = {};
  std::optional<std::int64_t> validation_steps = {};
  std::optional<std::int64_t> validation_batch_size = {};
  trainers::ValidationFreq validation_freq = 1;
};

/// Arguments of `evaluate`. Keras: keras.Model.evaluate.
struct EvaluateOptions {
  std::optional<std::int64_t> batch_size = {};
  trainers::Verbose verbose = "auto";
  Data sample_weight = {};
  std::optional<std::int64_t> steps = {};
  std::vector<Callback> callbacks = {};
};

/// Arguments of `predict`. Keras: keras.Model.predict.
struct PredictOptions {
  std::optional<std::int64_t> batch_size = {};
  trainers::Verbose verbose = "auto";
  std::optional<std::int64_t> steps = {};
  std::vector<Callback> callbacks = {};
};

/// Arguments of `train_on_batch`; `test_on_batch` takes no class weights.
struct TrainOnBatchOptions {
  Data sample_weight = {};
  std::map<std::int64_t, double> class_weight = {};
};
struct TestOnBatchOptions {
  Data sample_weight = {};
};

}  // namespace keras
