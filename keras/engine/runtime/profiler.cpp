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
    : steps_(std::move(steps)), first_(steps_.size()), later_(steps_.size()) {}

std::int64_t Profiler::now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Profiler::~Profiler() {
  if (runs_ == 0) return;
  const Times& times = runs_ == 1 ? first_ : later_;
  const auto runs = std::max<std::int64_t>(1, runs_ - 1);
  std::vector<std::size_t> order(steps_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return times[a].load() > times[b].load(); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(kernels_to_print())));
  const auto microseconds = [](std::int64_t nanoseconds, std::int64_t count) {
    return static_cast<double>(nanoseconds) / 1e3 / static_cast<double>(count);
  };
  const auto sum = [](const Times& all) {
    return std::accumulate(all.begin(), all.end(), std::int64_t{0});
  };
  std::fprintf(stderr, "%lld runs of %zu kernels, %.1f us each", static_cast<long long>(runs),
               steps_.size(), microseconds(sum(times), runs));
  if (runs_ > 1) std::fprintf(stderr, ", after a first of %.1f us", microseconds(sum(first_), 1));
  std::fputc('\n', stderr);
  for (const std::size_t step : order)
    std::fprintf(stderr, "%10.1f us  %s\n", microseconds(times[step], runs), steps_[step].c_str());
}

}  // namespace keras::engine
