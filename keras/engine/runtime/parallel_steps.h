#pragma once

namespace keras::engine {

/// A function of a step and a part of it, by reference: calling through it allocates nothing.
class StepFunction {
 public:
  template <typename F>
  explicit StepFunction(const F& function)
      : object_(&function), call_([](const void* object, int step, int part) {
          (*static_cast<const F*>(object))(step, part);
        }) {}
  void operator()(int step, int part) const { call_(object_, step, part); }

 private:
  const void* object_;
  void (*call_)(const void*, int, int);
};

/// Runs the steps 0 … steps - 1 one after the other, each in parts 0 … parts - 1 at the same time:
/// a step begins when all parts of the one before it are done. For steps of a microsecond or so,
/// for which `parallel_for` takes too long to begin and to end. The same part is done by the same
/// thread as long as that thread keeps up; what it has not begun is done by another, so that a
/// thread which the system does not let run holds little up. At most `kMostStepParts` parts. An
/// exception ends all of it and is thrown again here.
void parallel_steps(int steps, int parts, StepFunction function);

inline constexpr int kMostStepParts = 16;

}  // namespace keras::engine
