#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "keras/trainers/data.h"
#include "keras/trainers/data_adapters/dataset.h"

namespace keras::trainers {

/// How `fit` and its like get their batches, whatever they were given.
class DataAdapter {
 public:
  virtual ~DataAdapter() = default;

  /// Batches of a pass, where known.
  virtual std::optional<std::int64_t> num_batches() const = 0;
  /// Examples of a pass, where known.
  virtual std::optional<std::int64_t> num_samples() const { return std::nullopt; }
  /// Begins a pass.
  virtual void start() = 0;
  /// The next batch of the pass; false at its end. Tensors of the last batch that nobody else holds
  /// are overwritten.
  virtual bool next(Batch& batch) = 0;
  virtual void on_epoch_begin() {}
  virtual void on_epoch_end() {}
};

using ClassWeight = std::map<std::int64_t, double>;

/// What turns data into batches.
struct DataAdapterOptions {
  std::optional<std::int64_t> batch_size = {};
  std::optional<std::int64_t> steps = {};
  bool shuffle = false;          ///< all examples anew in each pass
  bool shuffle_batches = false;  ///< only within each batch
  ClassWeight class_weight = {};
};

/// Batches out of whole tensors. Throws ValueError for lengths that differ, for a batch size below
/// 1, and for weights that do not fit.
std::unique_ptr<DataAdapter> adapt_arrays(Batch arrays, const DataAdapterOptions& options);
/// Batches of a dataset, fetched one ahead on a thread.
std::unique_ptr<DataAdapter> adapt_dataset(Dataset dataset, const DataAdapterOptions& options);

}  // namespace keras::trainers
