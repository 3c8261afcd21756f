#include "keras/trainers/epoch_iterator.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/utils/io_utils.h"

namespace keras::trainers {

EpochIterator::EpochIterator(std::unique_ptr<DataAdapter> adapter,
                             std::optional<std::int64_t> steps_per_epoch, int steps_per_execution)
    : adapter_(std::move(adapter)),
      steps_per_epoch_(steps_per_epoch),
      steps_per_execution_(steps_per_execution),
      num_batches_(adapter_->num_batches()) {
  if (steps_per_epoch && *steps_per_epoch < 1)
    throw ValueError(
        str("The number of steps of an epoch must be positive. Received: ", *steps_per_epoch));
}

std::optional<std::int64_t> EpochIterator::num_batches() const {
  return steps_per_epoch_ ? steps_per_epoch_ : num_batches_;
}

void EpochIterator::reset() {
  in_pass_ = false;
  num_batches_ = adapter_->num_batches();
}

void EpochIterator::begin_epoch() {
  adapter_->on_epoch_begin();
  limit_ = num_batches();
  step_ = 0;
  left_in_run_ = 0;
  // With a number of steps given, an epoch goes on where the last one stopped.
  if (in_pass_ && steps_per_epoch_) return;
  adapter_->start();
  in_pass_ = true;
  taken_ = 0;
}

bool EpochIterator::fetch() {
  if (!in_pass_ || (limit_ && step_ >= *limit_)) return false;
  if (adapter_->next(batch_)) {
    ++step_;
    ++taken_;
    return true;
  }
  in_pass_ = false;
  if (!num_batches_) num_batches_ = taken_;
  if (limit_) warn_of_interruption();
  return false;
}

std::optional<EpochIterator::Steps> EpochIterator::next_steps() {
  const std::int64_t begin = step_;
  if (!fetch()) return std::nullopt;
  left_in_run_ = steps_per_execution_ - 1;
  return Steps{begin, begin + steps_per_execution_ - 1};
}

bool EpochIterator::next_in_steps() {
  if (left_in_run_ == 0) return false;
  --left_in_run_;
  return fetch();
}

void EpochIterator::end_epoch() {
  if (num_batches_ && taken_ >= *num_batches_) in_pass_ = false;
  adapter_->on_epoch_end();
}

void EpochIterator::warn_of_interruption() const {
  utils::warn(
      "Your input ran out of data; interrupting training. Make sure that your dataset or generator "
      "can generate at least `steps_per_epoch * epochs` batches. You may need to let the dataset "
      "repeat.");
}

}  // namespace keras::trainers
