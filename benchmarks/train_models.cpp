// Times the models of the bench: train_models WORKLOAD [--seconds S] [--latency].
// Prints one line of JSON: examples a second in training and prediction, or with --latency the
// microseconds of a prediction for one example. benchmarks/compare.sh runs it in turn with Keras.

#include <keras/keras.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "workloads.h"

using namespace keras;
using benchmarks::Workload;

namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The best rate of repeated passes over `examples`, for `seconds` and at least twice.
double best_rate(double examples, double seconds, const auto& pass) {
  double best = 0, spent = 0;
  for (int i = 0; i < 2 || spent < seconds; ++i) {
    const double took = seconds_of(pass);
    best = std::max(best, examples / took);
    spent += took;
  }
  return best;
}

void time_latency(const Workload& workload, const Model& model, double seconds) {
  const Tensor x = benchmarks::make_inputs(workload, 1);
  const auto predict = [&] { model.predict_on_batch(x).eval(); };
  for (int i = 0; i < 10; ++i) predict();
  std::vector<double> times;
  for (double spent = 0; spent < seconds;) {
    times.push_back(seconds_of(predict));
    spent += times.back();
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"workload\": \"%s\", \"p50_us\": %.1f, \"p99_us\": %.1f}\n", workload.name.c_str(),
              1e6 * times[times.size() / 2], 1e6 * times[times.size() * 99 / 100]);
}

void time_rates(const Workload& workload, const Model& model, double seconds) {
  const std::int64_t count = workload.batch * workload.batches;
  const Tensor x = benchmarks::make_inputs(workload, count);
  std::vector<std::int32_t> labels(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 10);
  const Tensor y = Tensor::from(labels, {count});
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  const auto fit = [&] { model.fit(x, y, {.batch_size = workload.batch, .verbose = 0}); };
  const auto predict = [&] { model.predict(x, {.batch_size = workload.batch, .verbose = 0}); };
  fit();
  const double train_rate = best_rate(static_cast<double>(count), seconds, fit);
  predict();
  const double predict_rate = best_rate(static_cast<double>(count), seconds / 2, predict);
  std::printf("{\"workload\": \"%s\", \"train\": %.1f, \"predict\": %.1f}\n", workload.name.c_str(),
              train_rate, predict_rate);
}

}  // namespace

int main(int argc, char** argv) {
  const Workload* workload = argc > 1 ? benchmarks::find_workload(argv[1]) : nullptr;
  double seconds = 5;
  bool latency = false, understood = workload != nullptr;
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--latency")
      latency = true;
    else if (argument == "--seconds" && i + 1 < argc)
      seconds = std::atof(argv[++i]);
    else
      understood = false;
  }
  if (!understood) {
    std::fprintf(stderr, "usage: train_models %s [--seconds S] [--latency]\n",
                 benchmarks::workload_names().c_str());
    return 2;
  }
  utils::set_random_seed(0);
  const Model model = workload->make();
  if (latency)
    time_latency(*workload, model, seconds);
  else
    time_rates(*workload, model, seconds);
  return 0;
}
