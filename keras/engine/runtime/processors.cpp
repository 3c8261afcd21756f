#include "keras/engine/runtime/processors.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace keras::engine {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// This process's group in the unified hierarchy, such as "/user.slice/x"; empty if there is none.
std::string own_cgroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::")) return line.substr(3);
  return {};
}

/// The tightest quota of the group and those above it; 0 where there is none.
int cgroup_processors() {
  int fewest = 0;
  const auto consider = [&](const std::string& cpu_max) {
    const int count = quota_processors(cpu_max);
    if (count > 0) fewest = fewest == 0 ? count : std::min(fewest, count);
  };
  const std::string root = "/sys/fs/cgroup";
  for (std::string group = own_cgroup(); !group.empty() && group != "/";
       group.erase(group.rfind('/')))
    consider(first_line(root + group + "/cpu.max"));
  consider(first_line(root + "/cpu.max"));
  // Version 1 keeps the two numbers apart, and -1 is no limit.
  const std::string quota = first_line(root + "/cpu/cpu.cfs_quota_us");
  if (!quota.empty() && quota[0] != '-')
    consider(quota + " " + first_line(root + "/cpu/cpu.cfs_period_us"));
  return fewest;
}

}  // namespace

int quota_processors(std::string_view cpu_max) {
  std::istringstream text{std::string(cpu_max)};
  double quota = 0;
  double period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

int available_processors() {
  if (const char* wanted = std::getenv("KERAS_NUM_THREADS"))
    if (const int count = std::atoi(wanted); count > 0) return count;
  cpu_set_t set;
  int count = static_cast<int>(std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof set, &set) == 0) count = CPU_COUNT(&set);
  if (const int quota = cgroup_processors(); quota > 0) count = std::min(count, quota);
  return std::max(1, count);
}

}  // namespace keras::engine
