#include "keras/engine/runtime/parallel_steps.h"

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "keras/engine/runtime/pause.h"
#include "keras/engine/runtime/thread_pool.h"

namespace keras::engine {
namespace {

/// How often a thread looks whether another one begins its part before it does that itself, and how
/// often before it leaves the processor to others: about one and about thirty microseconds.
constexpr int kLooksBeforeHelping = 64, kLooksBeforeYielding = 2048;

class Steps {
 public:
  Steps(int steps, int parts, StepFunction function)
      : steps_(steps), parts_(parts), function_(function) {}

  /// What the thread does whose part this is.
  void serve(int own) {
    bool alone = false;
    for (int step = 0; step < steps_; ++step) {
      // Another thread may have begun it.
      const bool mine = take(step, own);
      for (int part = 0; part < parts_; ++part)
        if (!(mine && part == own) && !wait_for(step, part, alone)) return;
    }
  }

 private:
  struct alignas(64) Part {
    std::atomic<int> begun{0};  ///< steps
    std::atomic<int> done{0};
  };
  Part& at(int part) { return parts_state_[static_cast<std::size_t>(part)]; }

  /// Does a part of a step unless somebody has begun it.
  bool take(int step, int part) {
    int expected = step;
    if (!at(part).begun.compare_exchange_strong(expected, step + 1, std::memory_order_acquire))
      return false;
    try {
      function_(step, part);
    } catch (...) {
      failed_.store(true, std::memory_order_release);
      throw;
    }
    at(part).done.store(step + 1, std::memory_order_release);
    return true;
  }

  /// `alone`: nobody began the last part that was waited for. False when another thread failed.
  bool wait_for(int step, int part, bool& alone) {
    const int before_helping = alone ? 0 : kLooksBeforeHelping;
    for (int looks = 0; at(part).done.load(std::memory_order_acquire) <= step; ++looks) {
      if (failed_.load(std::memory_order_acquire)) return false;
      if (looks >= before_helping && at(part).begun.load(std::memory_order_relaxed) == step &&
          take(step, part)) {
        alone = true;
        return true;
      }
      if (looks < kLooksBeforeYielding) {
        pause_briefly();
      } else {
        std::this_thread::yield();
      }
    }
    alone = false;
    return true;
  }

  const int steps_, parts_;
  const StepFunction function_;
  std::array<Part, kMostStepParts> parts_state_;
  std::atomic<bool> failed_{false};
};

}  // namespace

void parallel_steps(int steps, int parts, StepFunction function) {
  if (parts > kMostStepParts) throw std::logic_error("parallel_steps: too many parts");
  Steps work(steps, parts, function);
  parallel_for(parts, [&](int part) { work.serve(part); });
}

}  // namespace keras::engine
