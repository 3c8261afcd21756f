#pragma once

#include <type_traits>

namespace keras::engine {

/// How many threads work is cut for: at first the processors that the affinity mask and the
/// cgroup's quota leave to this process, or KERAS_NUM_THREADS.
int num_threads();
/// Throws ValueError below 1.
void set_num_threads(int count);

/// A function of a part's number, by reference: calling through it allocates nothing.
class PartFunction {
 public:
  template <typename F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, PartFunction>) PartFunction(const F& function)
      : object_(&function),
        call_([](const void* object, int part) { (*static_cast<const F*>(object))(part); }) {}
  void operator()(int part) const { call_(object_, part); }

 private:
  const void* object_;
  void (*call_)(const void*, int);
};

/// Runs parts 0 … parts - 1, each once, on the caller and on the pool's threads; returns when all
/// are done. The pool's threads spin shortly for the next work, then sleep. A part that no thread
/// has begun is taken by the caller, so that a thread which the system does not let run holds
/// nothing up. From inside a part, or while another caller uses the pool, the parts run one after
/// the other on the caller. The first exception of a part is thrown again here, and parts not yet
/// begun are left out.
void parallel_for(int parts, PartFunction function);

}  // namespace keras::engine
