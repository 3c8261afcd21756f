#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "keras/trainers/data_adapters/data_adapter.h"

namespace keras::trainers {

/// The batches of one epoch after the other, in runs of `steps_per_execution`:
///   iterator.begin_epoch();
///   while (const auto steps = iterator.next_steps())
///     do train_on(iterator.batch()); while (iterator.next_in_steps());
///   iterator.end_epoch();
class EpochIterator {
 public:
  /// The numbers of the first and the last step of a run, from 0.
  struct Steps {
    std::int64_t begin;
    std::int64_t end;
  };

  /// Throws ValueError for less than one step.
  EpochIterator(std::unique_ptr<DataAdapter> adapter, std::optional<std::int64_t> steps_per_epoch,
                int steps_per_execution);

  void begin_epoch();
  /// Fetches the first batch of the next run; nothing at the end of the epoch.
  std::optional<Steps> next_steps();
  /// Fetches the next batch of the run; false at its end.
  bool next_in_steps();
  void end_epoch();
  /// Starts the data anew.
  void reset();

  Batch& batch() { return batch_; }
  /// Batches of an epoch, where known: after the first epoch they are.
  std::optional<std::int64_t> num_batches() const;
  const DataAdapter& adapter() const { return *adapter_; }

 private:
  bool fetch();
  void warn_of_interruption() const;

  std::unique_ptr<DataAdapter> adapter_;
  std::optional<std::int64_t> steps_per_epoch_;
  std::int64_t steps_per_execution_;
  std::optional<std::int64_t> num_batches_;
  std::optional<std::int64_t> limit_;  ///< steps of this epoch
  std::int64_t step_ = 0;              ///< of this epoch
  std::int64_t left_in_run_ = 0;
  std::int64_t taken_ = 0;  ///< batches of this pass through the data
  bool in_pass_ = false;
  Batch batch_;
};

}  // namespace keras::trainers
