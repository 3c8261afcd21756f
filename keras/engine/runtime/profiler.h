#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace keras::engine {

/// Where the time of an executable's runs went, kernel by kernel. Made when the environment
/// variable KERAS_PROFILE is set to a number: how many of the slowest kernels are printed, on
/// standard error, when the executable ends. The first run, in which libraries make their code and
/// memory is touched for the first time, counts for itself if there are others.
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
  /// The number of a run that begins.
  std::int64_t begin_run() { return runs_++; }
  void add(std::int64_t run, std::size_t step, std::int64_t nanoseconds) {
    (run == 0 ? first_ : later_)[step] += nanoseconds;
  }

 private:
  using Times = std::vector<std::atomic<std::int64_t>>;  ///< nanoseconds by step

  std::vector<std::string> steps_;
  Times first_, later_;
  std::atomic<std::int64_t> runs_ = 0;
};

}  // namespace keras::engine
