#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "keras/trainers/data.h"

namespace keras::trainers {

/// Calls a function on a thread of its own, so many results ahead of who takes them.
class Prefetcher {
 public:
  Prefetcher(std::size_t ahead, std::function<bool(Batch&)> fetch);
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// The next result; false when there are no more. Throws, once, what the function threw.
  bool take(Batch& batch);

 private:
  void work();
  bool offer(Batch batch);

  std::size_t ahead_;
  std::function<bool(Batch&)> fetch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  bool finished_ = false;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace keras::trainers
