#pragma once

#include <array>
#include <atomic>
#include <memory>

namespace keras::engine {

/// Objects that one run at a time works with, kept for later runs: as many as there were runs at
/// the same time, up to a bound. Takes no lock, and allocates only when none is idle.
template <typename T>
class ContextPool {
 public:
  ContextPool() = default;
  ContextPool(const ContextPool&) = delete;
  ContextPool& operator=(const ContextPool&) = delete;
  ~ContextPool() {
    for (auto& slot : idle_) delete slot.load();
  }

  /// An idle object, or a new one from `make`.
  template <typename Make>
  std::unique_ptr<T> acquire(const Make& make) {
    for (auto& slot : idle_)
      if (T* object = slot.exchange(nullptr)) return std::unique_ptr<T>(object);
    return make();
  }

  void release(std::unique_ptr<T> object) {
    for (auto& slot : idle_) {
      T* empty = nullptr;
      if (slot.compare_exchange_strong(empty, object.get())) {
        object.release();
        return;
      }
    }
  }

 private:
  std::array<std::atomic<T*>, 16> idle_{};
};

}  // namespace keras::engine
