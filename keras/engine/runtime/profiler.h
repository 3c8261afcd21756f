#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace keras::engine {

/// Where the time of an executable's runs went, kernel by kernel. Made when the environment
/// variable KERAS_PROFILE is set to a number: how many of the slowest kernels are printed, on
/// standard error, when the executable ends.
class Profiler {
 public:
  /// The number in KERAS_PROFILE; 0 for no profile.
  static int kernels_to_print();

  /// One text a step: its kernel, operation and shapes.
  explicit Profiler(std::vector<std::string> steps);
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  /// Nanoseconds of a clock that only goes forward.
  static std::int64_t now();
  void add(std::size_t step, std::int64_t nanoseconds) { nanoseconds_[step] += nanoseconds; }
  void count_run() { ++runs_; }

 private:
  std::vector<std::string> steps_;
  std::vector<std::atomic<std::int64_t>> nanoseconds_;
  std::atomic<std::int64_t> runs_ = 0;
};

}  // namespace keras::engine
