#include "keras/engine/runtime/thread_pool.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/pause.h"
#include "keras/engine/runtime/processors.h"
#include "keras/engine/text.h"

namespace keras::engine {
namespace {

/// Long enough to bridge the gap between two kernels of a step, short enough to leave a busy
/// machine to others.
constexpr std::chrono::microseconds kSpin{30};

/// Waits until `done()`, at most `kSpin`. By the clock: a pause takes from 5 to 60 ns.
template <typename Done>
bool spin_until(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 16; ++i) {
      if (done()) return true;
      pause_briefly();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

// The waits of std::atomic yield the processor before they sleep. Where others compete for it, one
// yield costs a whole slice of theirs, a few milliseconds; a thread that sleeps at once is back as
// soon as it is woken.
template <typename Word>
void sleep_while(const std::atomic<Word>& word, Word value) {
#if defined(__linux__)
  static_assert(sizeof(word) == sizeof(std::uint32_t));
  while (word.load(std::memory_order_seq_cst) == value)
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
#else
  word.wait(value, std::memory_order_seq_cst);
#endif
}

template <typename Word>
void wake_all(std::atomic<Word>& word) {
#if defined(__linux__)
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, std::numeric_limits<int>::max(), nullptr, nullptr,
          0);
#else
  word.notify_all();
#endif
}

thread_local bool inside_part = false;

class ThreadPool {
 public:
  int size() const { return size_.load(std::memory_order_relaxed); }

  void resize(int count) {
    while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
    size_ = count;
    stop_workers();
    busy_.store(false, std::memory_order_release);
  }

  void run(int parts, PartFunction function) {
    if (parts <= 1 || size() <= 1 || inside_part ||
        busy_.exchange(true, std::memory_order_acquire)) {
      for (int part = 0; part < parts; ++part) function(part);
      return;
    }
    if (workers_.empty()) start_workers();
    const std::exception_ptr failure = run_shared(parts, function);
    busy_.store(false, std::memory_order_release);
    if (failure) std::rethrow_exception(failure);
  }

 private:
  /// Only the caller that holds `busy_` comes here.
  std::exception_ptr run_shared(int parts, const PartFunction& function) {
    function_ = &function;
    parts_ = parts;
    unfinished_.store(parts, std::memory_order_relaxed);
    const std::uint32_t job = job_.load(std::memory_order_relaxed) + 1;
    ticket_.store(std::uint64_t{job} << 32 | static_cast<std::uint32_t>(parts),
                  std::memory_order_release);
    // Sequentially consistent, as is the worker's count of itself: one of the two sees the other.
    job_.store(job, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) wake_all(job_);
    work(job);
    wait_for_the_rest();
    failed_.store(false, std::memory_order_relaxed);
    return std::exchange(failure_, nullptr);
  }

  /// All parts are taken; those still running are waited for asleep if they take long, so that
  /// their threads can have this processor.
  void wait_for_the_rest() {
    const auto done = [&] { return unfinished_.load(std::memory_order_acquire) == 0; };
    if (spin_until(done)) return;
    // Sequentially consistent, as is the last part's look at it: one of the two sees the other.
    caller_sleeps_.store(true, std::memory_order_seq_cst);
    for (int left = unfinished_; left != 0; left = unfinished_) sleep_while(unfinished_, left);
    caller_sleeps_.store(false, std::memory_order_relaxed);
  }

  void start_workers() {
    stopping_ = false;
    const std::uint32_t seen = job_;
    try {
      for (int i = 1; i < size(); ++i) workers_.emplace_back([this, seen] { serve(seen); });
    } catch (const std::system_error&) {
      // The system gives no more threads: those there are, or the caller alone, do the work.
    }
  }

  void stop_workers() {
    stopping_ = true;
    const std::uint32_t job = job_ + 1;
    ticket_ = std::uint64_t{job} << 32;
    job_ = job;
    wake_all(job_);
    for (auto& worker : workers_) worker.join();
    workers_.clear();
  }

  void serve(std::uint32_t seen) {
    while (true) {
      const auto called = [&] { return job_.load(std::memory_order_acquire) != seen; };
      if (!spin_until(called)) {
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
        sleep_while(job_, seen);
        sleepers_.fetch_sub(1, std::memory_order_relaxed);
      }
      seen = job_.load(std::memory_order_acquire);
      if (stopping_) return;
      work(seen);
    }
  }

  /// Takes parts of the job until none is left. The job's number and the parts left share a word,
  /// so that a thread that comes late cannot take a part of another job.
  void work(std::uint32_t job) {
    std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(ticket >> 32) == job) {
      const auto left = static_cast<std::uint32_t>(ticket);
      if (left == 0) return;
      if (ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel)) {
        run_part(parts_ - static_cast<int>(left));
        ticket = ticket_.load(std::memory_order_acquire);
      }
    }
  }

  void run_part(int part) {
    inside_part = true;
    try {
      if (!failed_.load(std::memory_order_relaxed)) (*function_)(part);
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
    inside_part = false;
    if (unfinished_.fetch_sub(1, std::memory_order_seq_cst) == 1 &&
        caller_sleeps_.load(std::memory_order_seq_cst))
      wake_all(unfinished_);
  }

  std::atomic<int> size_{available_processors()};
  std::atomic<bool> busy_{false};
  std::vector<std::thread> workers_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> job_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  alignas(64) std::atomic<int> unfinished_{0};
  int parts_ = 0;
  const PartFunction* function_ = nullptr;
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;
};

/// Never destroyed: other threads and other objects' destructors may still call at exit.
ThreadPool& pool() {
  static ThreadPool& instance = *new ThreadPool;
  return instance;
}

}  // namespace

int num_threads() { return pool().size(); }

void set_num_threads(int count) {
  if (count < 1)
    throw ValueError(str("set_num_threads: the count must be at least 1, received ", count, "."));
  if (inside_part) throw ValueError("set_num_threads: not from inside a part of parallel work.");
  pool().resize(count);
}

void parallel_for(int parts, PartFunction function) { pool().run(parts, function); }

}  // namespace keras::engine
