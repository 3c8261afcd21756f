#include "keras/engine/runtime/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

/// Long enough to bridge the gap between two kernels of a step, short enough to leave a busy machine
/// to others.
constexpr int kSpins = 2000;

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// The cgroup's processor quota, rounded up; 0 where there is none.
int cgroup_processors() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(1, static_cast<int>((std::stod(quota) + period - 1) / period));
}

int available_processors() {
  if (const char* wanted = std::getenv("KERAS_NUM_THREADS"))
    if (const int count = std::atoi(wanted); count > 0) return count;
  cpu_set_t set;
  int count = static_cast<int>(std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof set, &set) == 0) count = CPU_COUNT(&set);
  if (const int quota = cgroup_processors(); quota > 0) count = std::min(count, quota);
  return std::max(1, count);
}

thread_local bool inside_part = false;

class ThreadPool {
 public:
  int size() const { return size_.load(std::memory_order_relaxed); }

  void resize(int count) {
    const std::lock_guard lock(busy_);
    size_ = count;
    stop_workers();
  }

  void run(int parts, PartFunction function) {
    if (parts <= 1 || size() <= 1 || inside_part || !busy_.try_lock()) {
      for (int part = 0; part < parts; ++part) function(part);
      return;
    }
    const std::lock_guard lock(busy_, std::adopt_lock);
    if (workers_.empty()) start_workers();
    function_ = &function;
    failure_ = nullptr;
    parts_ = parts;
    unfinished_.store(parts, std::memory_order_relaxed);
    // The job's number and the next part share a word, so that a late worker cannot take a part of
    // the next job by mistake.
    const std::uint64_t job = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
    ticket_.store(job << 32, std::memory_order_release);
    generation_.store(static_cast<std::uint32_t>(job), std::memory_order_release);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) generation_.notify_all();
    work(job);
    for (int spins = 0; unfinished_.load(std::memory_order_acquire) > 0; ++spins) {
      if (spins < kSpins) {
        pause_briefly();
      } else {
        std::this_thread::yield();
      }
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  ~ThreadPool() { stop_workers(); }

 private:
  void start_workers() {
    stopping_ = false;
    const std::uint32_t seen = generation_;
    for (int i = 1; i < size(); ++i) workers_.emplace_back([this, seen] { serve(seen); });
  }

  void stop_workers() {
    stopping_ = true;
    ++generation_;
    ticket_ = std::uint64_t{generation_} << 32 | 0xffffffffU;
    generation_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
  }

  void serve(std::uint32_t seen) {
    while (true) {
      for (int spins = 0; spins < kSpins && generation_.load(std::memory_order_acquire) == seen;
           ++spins)
        pause_briefly();
      if (generation_.load(std::memory_order_acquire) == seen) {
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
        generation_.wait(seen, std::memory_order_seq_cst);
        sleepers_.fetch_sub(1, std::memory_order_relaxed);
      }
      seen = generation_.load(std::memory_order_acquire);
      if (stopping_) return;
      work(seen);
    }
  }

  /// Takes parts of the job until none is left.
  void work(std::uint64_t job) {
    std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(ticket >> 32) == static_cast<std::uint32_t>(job)) {
      const int part = static_cast<int>(ticket & 0xffffffffU);
      if (part >= parts_) return;
      if (ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) {
        run_part(part);
        ticket = ticket_.load(std::memory_order_acquire);
      }
    }
  }

  void run_part(int part) {
    inside_part = true;
    try {
      (*function_)(part);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    inside_part = false;
    unfinished_.fetch_sub(1, std::memory_order_acq_rel);
  }

  std::atomic<int> size_{available_processors()};
  std::mutex busy_;
  std::vector<std::thread> workers_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<std::uint64_t> ticket_{0xffffffffU};
  std::atomic<int> sleepers_{0};
  std::atomic<int> unfinished_{0};
  std::atomic<int> parts_{0};
  const PartFunction* function_ = nullptr;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
};

ThreadPool& pool() {
  static ThreadPool instance;
  return instance;
}

}  // namespace

int num_threads() { return pool().size(); }

void set_num_threads(int count) {
  if (count < 1)
    throw ValueError(str("set_num_threads: the count must be at least 1, received ", count, "."));
  pool().resize(count);
}

void parallel_for(int parts, PartFunction function) { pool().run(parts, function); }

}  // namespace keras::engine
