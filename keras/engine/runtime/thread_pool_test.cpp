#include "keras/engine/runtime/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/runtime/processors.h"
#include "tests/support/allocation_count.h"

namespace keras::engine {
namespace {

/// Sets the number of threads while it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before_); }

 private:
  int before_;
};

TEST(ThreadPool, RunsEachPartOnce) {
  const Threads threads(4);
  for (const int parts : {0, 1, 2, 3, 4, 17, 1000}) {
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(parts));
    parallel_for(parts, [&](int part) { ++runs[static_cast<std::size_t>(part)]; });
    for (const auto& count : runs) ASSERT_EQ(count, 1) << parts;
  }
}

TEST(ThreadPool, JobsOfChangingSizeDoNotMix) {
  const Threads threads(3);
  for (int round = 0; round < 20000; ++round) {
    const int parts = 2 + round % 5;
    std::atomic<int> sum = 0;
    parallel_for(parts, [&](int part) { sum += part + 1; });
    ASSERT_EQ(sum, parts * (parts + 1) / 2);
  }
}

TEST(ThreadPool, SeveralThreadsTakePart) {
  const Threads threads(2);
  std::atomic<int> together = 0;
  // Each part waits for the other: with one thread alone this would never end.
  parallel_for(2, [&](int) {
    ++together;
    while (together < 2) std::this_thread::yield();
  });
  EXPECT_EQ(together, 2);
}

TEST(ThreadPool, WakesSleepingWorkers) {
  const Threads threads(2);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<int> together = 0;
    parallel_for(2, [&](int) {
      ++together;
      while (together < 2) std::this_thread::yield();
    });
  }
}

TEST(ThreadPool, WaitsAsleepForALongPart) {
  const Threads threads(2);
  std::atomic<int> done = 0;
  parallel_for(2, [&](int part) {
    std::this_thread::sleep_for(std::chrono::milliseconds(part == 0 ? 1 : 20));
    ++done;
  });
  EXPECT_EQ(done, 2);
}

TEST(ThreadPool, NestedCallsRunInline) {
  const Threads threads(3);
  std::atomic<int> runs = 0;
  parallel_for(3, [&](int) {
    const auto outer = std::this_thread::get_id();
    parallel_for(5, [&](int) {
      EXPECT_EQ(std::this_thread::get_id(), outer);
      ++runs;
    });
  });
  EXPECT_EQ(runs, 15);
}

TEST(ThreadPool, ManyCallersAtOnce) {
  const Threads threads(3);
  std::atomic<long> total = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) parallel_for(4, [&](int part) { total += part; });
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(total, 6L * 2000 * 6);
}

TEST(ThreadPool, ResizingWhileOthersCall) {
  const Threads threads(2);
  std::atomic<bool> stop = false;
  std::thread caller([&] {
    while (!stop) {
      std::atomic<int> runs = 0;
      parallel_for(3, [&](int) { ++runs; });
      EXPECT_EQ(runs, 3);
    }
  });
  for (int round = 0; round < 50; ++round) set_num_threads(1 + round % 4);
  stop = true;
  caller.join();
}

TEST(ThreadPool, AnExceptionOfAPartReachesTheCaller) {
  const Threads threads(2);
  for (const int culprit : {0, 1, 7})
    EXPECT_THROW(parallel_for(8,
                              [&](int part) {
                                if (part == culprit) throw std::runtime_error("part");
                              }),
                 std::runtime_error);
  std::atomic<int> runs = 0;
  parallel_for(8, [&](int) { ++runs; });
  EXPECT_EQ(runs, 8);
}

TEST(ThreadPool, ACallAllocatesNothing) {
  const Threads threads(2);
  std::atomic<int> runs = 0;
  const auto part = [&](int) { ++runs; };
  parallel_for(2, part);
  const long before = keras::testing::allocation_count();
  for (int round = 0; round < 1000; ++round) parallel_for(3, part);
  EXPECT_EQ(keras::testing::allocation_count(), before);
  EXPECT_EQ(runs, 3002);
}

TEST(ThreadPool, RefusesNoThreads) {
  EXPECT_THROW(set_num_threads(0), ValueError);
  const Threads threads(2);
  EXPECT_THROW(parallel_for(2, [](int) { set_num_threads(3); }), ValueError);
  EXPECT_EQ(num_threads(), 2);
}

TEST(Processors, QuotasRoundUp) {
  EXPECT_EQ(quota_processors("max 100000"), 0);
  EXPECT_EQ(quota_processors(""), 0);
  EXPECT_EQ(quota_processors("-1 100000"), 0);
  EXPECT_EQ(quota_processors("150000 100000"), 2);
  EXPECT_EQ(quota_processors("200000 100000"), 2);
  EXPECT_EQ(quota_processors("5000 100000"), 1);
}

TEST(Processors, TheAffinityMaskCounts) {
  if (std::getenv("KERAS_NUM_THREADS")) GTEST_SKIP() << "KERAS_NUM_THREADS is set";
  std::thread([] {
    cpu_set_t all;
    ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
      if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(available_processors(), 1);
  }).join();
}

}  // namespace
}  // namespace keras::engine
