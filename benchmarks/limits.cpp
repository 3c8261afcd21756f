// How near a step comes to what its bare kernels take: limits [WORKLOAD…] [--policy NAME].
// The limit is the sum of all convolutions and products of the step, each timed alone in its best
// layout, plus the traffic of the element-wise rest and of the optimizer at the bandwidth that the
// machine has for as much memory as the step works on. What every step spends on the way between
// kernels, on functions such as exp and on the losses is not in it. KERAS_PROFILE=20 shows where
// the rest of the time goes.

#include <keras/keras.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bare/kernels.h"
#include "bare/work.h"
#include "keras/engine/runtime/thread_pool.h"
#include "timing.h"
#include "workloads.h"

using namespace keras;
using namespace keras::benchmarks;

namespace {

struct Seconds {
  double train = 0, predict = 0;
};

/// Of the kernels that are timed alone.
Seconds time_kernels(const Work& work, Numbers numbers, int threads) {
  Seconds total;
  const auto add = [&](const auto& counted, const KernelSeconds& seconds) {
    const double forward = static_cast<double>(counted.forward) * seconds.forward;
    total.predict += forward;
    total.train += forward + static_cast<double>(counted.input_gradient) * seconds.input_gradient +
                   static_cast<double>(counted.weight_gradient) * seconds.weight_gradient;
  };
  for (const auto& counted : work.convolutions)
    add(counted, time_convolution(counted.kernel, numbers, threads));
  for (const auto& counted : work.products)
    add(counted, time_product(counted.kernel, numbers, threads));
  return total;
}

/// Of the memory that the element-wise rest and the optimizer touch.
Seconds time_traffic(const Work& work, Numbers numbers, int threads) {
  constexpr double kOptimizerNumbers = 7, kStateNumbers = 4;
  const double width = numbers == Numbers::kFloat32 ? 4 : 2;
  const double training_set = width * work.activations + 4 * kStateNumbers * work.parameters;
  const double speed = bandwidth(training_set, threads);
  const double training =
      width * (work.predict_traffic + work.train_traffic) + 4 * kOptimizerNumbers * work.parameters;
  return {training / speed,
          width * work.predict_traffic / bandwidth(width * work.activations, threads)};
}

class Steps {
 public:
  explicit Steps(const Workload& workload)
      : batch_(static_cast<int>(workload.batch)),
        batches_(static_cast<double>(workload.batches)),
        examples_(make_examples(workload, workload.batch * workload.batches)),
        model_(workload.make()) {
    model_.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
    time();  // compiles
  }

  /// Of one step.
  Seconds time() const {
    const double train = seconds_of(
        [&] { model_.fit(examples_.x, examples_.y, {.batch_size = batch_, .verbose = 0}); });
    const double predict =
        seconds_of([&] { model_.predict(examples_.x, {.batch_size = batch_, .verbose = 0}); });
    return {train / batches_, predict / batches_};
  }

  const Model& model() const { return model_; }

 private:
  int batch_;
  double batches_;
  Examples examples_;
  Model model_;
};

Seconds smaller(const Seconds& a, const Seconds& b) {
  return {std::min(a.train, b.train), std::min(a.predict, b.predict)};
}

void print_row(const std::string& name, double step, double kernels, double traffic) {
  std::printf("%-26s %9.3f %9.3f %9.3f %8.0f %%\n", name.c_str(), 1e3 * step, 1e3 * kernels,
              1e3 * traffic, 100 * (kernels + traffic) / step);
  std::fflush(stdout);
}

void report(const Workload& workload, Numbers numbers) {
  constexpr int kRounds = 3;
  const int threads = engine::num_threads();
  const Steps steps(workload);
  const Work work = work_of(steps.model(), workload.batch);
  Seconds step{1e9, 1e9}, kernels = step, traffic = step;
  for (int round = 0; round < kRounds; ++round) {
    step = smaller(step, steps.time());
    kernels = smaller(kernels, time_kernels(work, numbers, threads));
    step = smaller(step, steps.time());
    traffic = smaller(traffic, time_traffic(work, numbers, threads));
  }
  print_row(workload.name + ", train", step.train, kernels.train, traffic.train);
  print_row(workload.name + ", predict", step.predict, kernels.predict, traffic.predict);
}

}  // namespace

int main(int argc, char** argv) {
  Numbers numbers = Numbers::kFloat32;
  std::vector<const Workload*> chosen;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--policy" && i + 1 < argc) {
      config::set_dtype_policy(std::string(argv[++i]));
      if (config::dtype_policy().name() == "mixed_bfloat16") numbers = Numbers::kBfloat16;
    } else if (const Workload* workload = find_workload(argument)) {
      chosen.push_back(workload);
    } else {
      std::fputs("usage: limits [WORKLOAD…] [--policy NAME]\n", stderr);
      return 2;
    }
  }
  if (chosen.empty())
    for (const Workload& workload : workloads()) chosen.push_back(&workload);
  std::printf("milliseconds of a step on %d threads\n%-26s %9s %9s %9s %10s\n",
              engine::num_threads(), "", "step", "kernels", "traffic", "limit");
  for (const Workload* workload : chosen) report(*workload, numbers);
  return 0;
}
