#pragma once

#include <string_view>

namespace keras::engine {

/// How many processors this process may use: those in its affinity mask, at most as many as the CPU
/// quotas of its cgroups come to (rounded up). KERAS_NUM_THREADS overrides both.
int available_processors();

/// The processors that a cgroup's `cpu.max` ("max 100000", "150000 100000") allows; 0 for no limit.
int quota_processors(std::string_view cpu_max);

}  // namespace keras::engine
