// How the cost of a step grows: growth [batch|sequence|threads|parameters]…, all when none is
// named. KERAS_NUM_THREADS narrows the first two and the last.

#include <keras/keras.h>

#include <cstdio>
#include <string>
#include <vector>

#include "bare/kernels.h"
#include "keras/engine/runtime/thread_pool.h"
#include "timing.h"
#include "workloads.h"

using namespace keras;
using namespace keras::benchmarks;

namespace {

constexpr double kSeconds = 0.5;

struct StepSeconds {
  double train, predict;
};

/// Of one step on one batch.
StepSeconds time_steps(const Model& model, const Examples& batch) {
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  const auto train = [&] { model.train_on_batch(batch.x, batch.y); };
  const auto predict = [&] { model.predict_on_batch(batch.x).eval(); };
  train();
  predict();
  return {durations(kSeconds, 2, train).front(), durations(kSeconds / 2, 2, predict).front()};
}

/// What activations and their gradients take is left out from here on.
constexpr double kMostBytes = 4e9;

void batch_sizes() {
  std::puts("samples a second by batch size: train, predict");
  for (const Workload& workload : workloads()) {
    for (std::int64_t batch = 1; batch <= 512; batch *= 8) {
      if (2 * sizeof(float) * work_of(workload.make(), batch).activations > kMostBytes) continue;
      const StepSeconds took = time_steps(workload.make(), make_examples(workload, batch));
      const auto samples = static_cast<double>(batch);
      std::printf("%-12s %4d %12.1f %12.1f\n", workload.name.c_str(), static_cast<int>(batch),
                  samples / took.train, samples / took.predict);
      std::fflush(stdout);
    }
  }
}

void sequence_lengths() {
  constexpr std::int64_t kTokens = 4096;  // in a batch, so that only the length changes
  std::puts("steps of a sequence a second by its length, 4,096 in a batch: train, predict");
  for (const char* name : {"lstm", "transformer"}) {
    Workload workload = *find_workload(name);
    for (std::int64_t steps = 32; steps <= 2048; steps *= 4) {
      workload.shape[0] = steps;
      const Model model = workload.name == "lstm" ? lstm(steps) : transformer(steps);
      const StepSeconds took = time_steps(model, make_examples(workload, kTokens / steps));
      const auto tokens = static_cast<double>(kTokens);
      std::printf("%-12s %5d %12.0f %12.0f\n", name, static_cast<int>(steps), tokens / took.train,
                  tokens / took.predict);
      std::fflush(stdout);
    }
  }
}

void thread_counts() {
  const int before = engine::num_threads();
  std::puts("times faster than on one thread, by threads: train, predict");
  for (const Workload& workload : workloads()) {
    StepSeconds one{};
    for (int threads = 1; threads <= before; threads *= 2) {
      engine::set_num_threads(threads);
      const StepSeconds took = time_steps(workload.make(), make_examples(workload, workload.batch));
      if (threads == 1) one = took;
      std::printf("%-12s %3d %8.2f %8.2f\n", workload.name.c_str(), threads, one.train / took.train,
                  one.predict / took.predict);
      std::fflush(stdout);
    }
  }
  engine::set_num_threads(before);
}

/// The optimizer alone: Adam on one matrix, as a compiled function.
void parameter_counts() {
  constexpr double kBytes = 7 * sizeof(float);  // reads four numbers, writes three
  std::puts("Adam by parameters: ms, GB/s, share of the bandwidth for as much memory");
  for (std::int64_t count = 10'000; count <= 100'000'000; count *= 10) {
    const Variables variables = {Variable(ops::zeros({count / 100, 100}))};
    const Tensors gradients = {ops::full({count / 100, 100}, 0.01F).eval()};
    const optimizers::Adam optimizer;
    optimizer.build(variables);
    const CompiledFunction step([&](const Tensors& in) {
      optimizer.apply({in[0]}, variables);
      return Tensors{};
    });
    step(gradients);
    const double took = durations(kSeconds, 3, [&] { step(gradients); }).front();
    const double bytes = kBytes * static_cast<double>(count);
    const double limit =
        bandwidth(4 * sizeof(float) * static_cast<double>(count), engine::num_threads());
    std::printf("%11lld %9.3f %7.1f %5.0f %%\n", static_cast<long long>(count), 1e3 * took,
                1e-9 * bytes / took, 100 * bytes / took / limit);
    std::fflush(stdout);
  }
}

struct Table {
  const char* name;
  void (*print)();
};

}  // namespace

int main(int argc, char** argv) {
  const Table tables[] = {{"batch", batch_sizes},
                          {"sequence", sequence_lengths},
                          {"threads", thread_counts},
                          {"parameters", parameter_counts}};
  const std::vector<std::string> chosen(argv + 1, argv + argc);
  for (const Table& table : tables)
    if (chosen.empty() || std::find(chosen.begin(), chosen.end(), table.name) != chosen.end())
      table.print();
  return 0;
}
