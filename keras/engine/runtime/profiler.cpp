#include "keras/engine/runtime/profiler.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace keras::engine {

int Profiler::kernels_to_print() {
  static const int number = [] {
    const char* text = std::getenv("KERAS_PROFILE");
    return text ? std::max(0, std::atoi(text)) : 0;
  }();
  return number;
}

Profiler::Profiler(std::vector<std::string> steps)
    : steps_(std::move(steps)), nanoseconds_(steps_.size()) {}

std::int64_t Profiler::now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Profiler::~Profiler() {
  if (runs_ == 0) return;
  std::vector<std::size_t> order(steps_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return nanoseconds_[a].load() > nanoseconds_[b].load();
  });
  order.resize(std::min(order.size(), static_cast<std::size_t>(kernels_to_print())));
  std::int64_t total = 0;
  for (const auto& time : nanoseconds_) total += time;
  const auto microseconds = [&](std::int64_t time) {
    return static_cast<double>(time) / 1e3 / static_cast<double>(runs_.load());
  };
  std::fprintf(stderr, "%lld runs of %zu kernels, %.1f us each\n",
               static_cast<long long>(runs_.load()), steps_.size(), microseconds(total));
  for (const std::size_t step : order)
    std::fprintf(stderr, "%10.1f us  %s\n", microseconds(nanoseconds_[step]), steps_[step].c_str());
}

}  // namespace keras::engine
