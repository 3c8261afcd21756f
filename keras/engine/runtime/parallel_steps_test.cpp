#include "keras/engine/runtime/parallel_steps.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include "keras/engine/runtime/thread_pool.h"

namespace keras::engine {
namespace {

class ParallelSteps : public ::testing::Test {
 protected:
  ~ParallelSteps() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

/// Each part takes what all parts left in the step before: an order that is not kept shows.
std::vector<std::uint32_t> chain(int steps, int parts) {
  std::vector<std::uint32_t> now(static_cast<std::size_t>(parts), 1), next(now);
  std::vector<std::uint32_t>* buffers[] = {&now, &next};
  const auto mix = [&](int step, int part) {
    const auto& from = *buffers[step % 2];
    std::uint32_t sum = static_cast<std::uint32_t>(step);
    for (std::size_t i = 0; i < from.size(); ++i)
      sum = sum * 31 + from[i] * static_cast<std::uint32_t>(part + 1);
    (*buffers[(step + 1) % 2])[static_cast<std::size_t>(part)] = sum;
  };
  parallel_steps(steps, parts, StepFunction(mix));
  return *buffers[steps % 2];
}

TEST_F(ParallelSteps, KeepsTheirOrder) {
  for (const int parts : {1, 2, 3, 8}) {
    set_num_threads(1);
    const auto want = chain(2001, parts);
    for (const int threads : {2, 3, 8}) {
      set_num_threads(threads);
      for (int round = 0; round < 5; ++round) ASSERT_EQ(chain(2001, parts), want) << threads;
    }
  }
}

TEST_F(ParallelSteps, DoesThePartsOfAThreadThatDoesNotCome) {
  set_num_threads(2);
  std::atomic<int> runs = 0;
  const auto count = [&](int, int) { ++runs; };
  // Inside a part there is one thread for all.
  parallel_for(2, [&](int part) {
    if (part == 0) parallel_steps(100, 4, StepFunction(count));
  });
  EXPECT_EQ(runs, 400);
  runs = 0;
  const auto slow = [&](int step, int part) {
    if (step == 3 && part == 1) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ++runs;
  };
  parallel_steps(50, 2, StepFunction(slow));
  EXPECT_EQ(runs, 100);
}

TEST_F(ParallelSteps, EndsWithTheFirstException) {
  set_num_threads(2);
  for (int round = 0; round < 50; ++round) {
    const auto fail = [&](int step, int part) {
      if (step == 20 && part == round % 2) throw std::runtime_error("twenty");
    };
    EXPECT_THROW(parallel_steps(100, 2, StepFunction(fail)), std::runtime_error);
  }
  EXPECT_THROW(parallel_steps(1, kMostStepParts + 1, StepFunction([](int, int) {})),
               std::logic_error);
}

}  // namespace
}  // namespace keras::engine
