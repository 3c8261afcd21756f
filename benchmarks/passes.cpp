// What each rewrite of the graph brings: passes [WORKLOAD…], all when none is named. Every pass is
// left out in turn, as KERAS_DISABLE_PASSES does it, and the step timed beside one with all of
// them; so is every kernel that another fast one can stand in for, as KERAS_DISABLE_KERNELS does
// it.

#include <keras/keras.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "keras/engine/passes/pipeline.h"
#include "keras/engine/runtime/backend.h"
#include "timing.h"
#include "workloads.h"

using namespace keras;
using namespace keras::benchmarks;

namespace {

constexpr double kSeconds = 0.3;

struct StepSeconds {
  double train, predict;
};

/// The steps of one model, compiled again for each choice of passes.
class Steps {
 public:
  explicit Steps(const Workload& workload)
      : model_(workload.make()), batch_(make_examples(workload, workload.batch)) {
    model_.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  }

  StepSeconds under(const engine::CompileSettings& settings) const {
    engine::set_compile_settings(settings);
    const auto train = [&] { model_.train_on_batch(batch_.x, batch_.y); };
    const auto predict = [&] { model_.predict_on_batch(batch_.x).eval(); };
    train();
    const double train_seconds = durations(kSeconds, 3, train).front();
    predict();
    return {train_seconds, durations(kSeconds / 2, 3, predict).front()};
  }

 private:
  Model model_;
  Examples batch_;
};

/// The settings that leave one pass or kernel out.
struct Switch {
  std::string name;
  engine::CompileSettings settings;
};

bool is_fast(const engine::Kernel* kernel) { return !kernel->name.starts_with("reference_"); }

std::vector<Switch> all_switches() {
  std::vector<Switch> switches;
  for (const std::string& pass : engine::pass_names())
    switches.push_back({pass, {.disabled_passes = {pass}, .dump_folder = {}}});
  std::set<std::string> kernels;  // some take calls of several operations
  for (const auto& row : engine::active_backend().kernels)
    for (std::size_t i = 0; i + 1 < row.kernels.size(); ++i)
      if (is_fast(row.kernels[i + 1])) kernels.emplace(row.kernels[i]->name);
  for (const std::string& kernel : kernels)
    switches.push_back(
        {kernel, {.disabled_passes = {}, .dump_folder = {}, .disabled_kernels = {kernel}}});
  return switches;
}

/// How many times as long a step takes without it.
struct Row {
  std::string name;
  double train, predict;
};

std::vector<Row> rows_of(const Workload& workload) {
  const Steps steps(workload);
  std::vector<Row> rows;
  for (const Switch& one : all_switches()) {
    const StepSeconds all = steps.under({}), less = steps.under(one.settings);
    rows.push_back({one.name, less.train / all.train, less.predict / all.predict});
  }
  return rows;
}

void print(const std::string& workload, std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::max(a.train, a.predict) > std::max(b.train, b.predict);
  });
  std::printf("%-42s %8s %8s\n", workload.c_str(), "train", "predict");
  for (const Row& row : rows)
    std::printf("  without %-32s %8.2f %8.2f\n", row.name.c_str(), row.train, row.predict);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Workload> chosen;
  for (int i = 1; i < argc; ++i) {
    const Workload* workload = find_workload(argv[i]);
    if (!workload) {
      std::fprintf(stderr, "passes: there is no workload %s\n", argv[i]);
      return 2;
    }
    chosen.push_back(*workload);
  }
  if (chosen.empty()) chosen.assign(workloads().begin(), workloads().end());
  std::puts("times as long as a step with all of them");
  for (const Workload& workload : chosen) print(workload.name, rows_of(workload));
  return 0;
}
