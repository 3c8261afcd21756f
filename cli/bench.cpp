#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/random/random.h"

namespace keras::cli {
namespace {

struct Arguments {
  std::string file;
  std::vector<std::int64_t> batch_sizes = {1, 8, 32};
  double seconds = 1;
  bool json = false;
};

struct Timing {
  std::int64_t batch_size = 0, runs = 0;
  double p50 = 0, p90 = 0, p99 = 0;  ///< milliseconds
  double per_second = 0;             ///< examples
};

/// Random numbers in the inputs' shapes; axes of any size get 16 elements.
Tensors random_inputs(const Model& model, std::int64_t batch_size) {
  Tensors out;
  for (const auto& input : model.inputs()) {
    Shape shape = input.shape();
    for (int axis = 0; axis < shape.rank(); ++axis)
      if (shape[axis] == kUnknown) shape[axis] = axis == 0 ? batch_size : 16;
    out.push_back(ops::cast(random::uniform(shape, {.seed = 1}), input.dtype()));
  }
  return out;
}

Timing measure(const Model& model, std::int64_t batch_size, double seconds) {
  using Clock = std::chrono::steady_clock;
  const Tensors inputs = random_inputs(model, batch_size);
  const Data x = inputs.size() == 1 ? Data(inputs[0]) : Data(inputs);
  const auto once = [&] {
    const auto start = Clock::now();
    model.predict_list(x, {.batch_size = batch_size, .verbose = 0});
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  };
  for (int i = 0; i < 3; ++i) once();  // plans are made and memory is taken in the first runs
  std::vector<double> times;
  double total = 0;
  while (times.size() < 5 || total < seconds * 1000) {
    times.push_back(once());
    total += times.back();
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](double part) {
    return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
  };
  const auto runs = static_cast<std::int64_t>(times.size());
  return {batch_size, runs,     at(0.5),
          at(0.9),    at(0.99), 1000 * static_cast<double>(runs * batch_size) / total};
}

void run(const Arguments& arguments) {
  const Model model = open_model(arguments.file);
  if (model.inputs().empty())
    throw BadInput(arguments.file + ": has no known input shape; save it after it was built");
  Config::List list;
  if (!arguments.json) print("batch size      runs    p50 ms    p90 ms    p99 ms  examples/s\n");
  for (const std::int64_t batch_size : arguments.batch_sizes) {
    const Timing t = measure(model, batch_size, arguments.seconds);
    list.push_back({{"batch_size", t.batch_size},
                    {"runs", t.runs},
                    {"p50_ms", t.p50},
                    {"p90_ms", t.p90},
                    {"p99_ms", t.p99},
                    {"examples_per_second", t.per_second}});
    char line[128];
    std::snprintf(line, sizeof line, "%10lld%10lld%10.3f%10.3f%10.3f%12.1f\n",
                  static_cast<long long>(t.batch_size), static_cast<long long>(t.runs), t.p50,
                  t.p90, t.p99, t.per_second);
    if (!arguments.json) print(line);
  }
  if (arguments.json) print_json(list);
}

}  // namespace

void add_bench(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, "bench", "Measures how fast a model predicts, on random inputs.",
                  "keras bench model.keras --batch-sizes 1,64 --seconds 2");
  command->add_option("FILE", arguments->file, "The model")->required();
  command->add_option("--batch-sizes", arguments->batch_sizes, "Examples at a time (1,8,32)")
      ->delimiter(',')
      ->check(above_zero);
  command->add_option("--seconds", arguments->seconds, "How long each is measured")
      ->capture_default_str()
      ->check(not_below_zero);
  command->add_flag("--json", arguments->json, "The same as JSON");
  command->callback([arguments] { run(*arguments); });
}

}  // namespace keras::cli
