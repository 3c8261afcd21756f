#include "keras/trainers/data_adapters/prefetching.h"

#include <utility>

namespace keras::trainers {

Prefetcher::Prefetcher(std::size_t ahead, std::function<bool(Batch&)> fetch)
    : ahead_(ahead), fetch_(std::move(fetch)), thread_([this] { work(); }) {}

Prefetcher::~Prefetcher() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Prefetcher::take(Batch& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
  if (ready_.empty()) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return false;
  }
  batch = std::move(ready_.front());
  ready_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return true;
}

void Prefetcher::work() {
  std::exception_ptr failure;
  try {
    for (Batch batch; fetch_(batch); batch = {})
      if (!offer(std::move(batch))) return;
  } catch (...) {
    failure = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    finished_ = true;
  }
  changed_.notify_all();
}

// False when nobody wants more.
bool Prefetcher::offer(Batch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_.size() < ahead_ || stopped_; });
  if (stopped_) return false;
  ready_.push_back(std::move(batch));
  lock.unlock();
  changed_.notify_all();
  return true;
}

}  // namespace keras::trainers
