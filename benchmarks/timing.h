#pragma once

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

namespace keras::benchmarks {

inline double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The durations of repeated runs, `at_least` of them and for `seconds`, in rising order.
inline std::vector<double> durations(double seconds, int at_least, const auto& work) {
  std::vector<double> times;
  for (double spent = 0; static_cast<int>(times.size()) < at_least || spent < seconds;) {
    times.push_back(seconds_of(work));
    spent += times.back();
  }
  std::sort(times.begin(), times.end());
  return times;
}

/// Of values in rising order, without interpolation.
inline double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// A line of /proc/self/status in MB: "VmHWM" the most memory that the process held, "VmRSS" what
/// it holds. 0 where the system has no such file.
inline double status_megabytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1024;
  return 0;
}

}  // namespace keras::benchmarks
