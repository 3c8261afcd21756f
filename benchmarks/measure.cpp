// Ours in the contest: `measure WORKLOAD [--policy NAME]` trains one step, says so, and then
// answers each line "train S", "predict S" or "latency S" with what it measured in about S seconds,
// one line of JSON each. The peers speak the same (peers/protocol.py). Also
//   measure --list               the workloads, one line of JSON each
//   measure WORKLOAD --save F    writes the model to a file
//   measure WORKLOAD --smoke     checks a few steps: parameters, falling loss, and the same results
//                                as call by call without any fusion

#include <keras/keras.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "timing.h"
#include "workloads.h"

using namespace keras;
using namespace keras::benchmarks;

namespace {

class Contestant {
 public:
  Contestant(const Workload& workload, std::int64_t batches, bool eager = false)
      : batch_(static_cast<int>(workload.batch)),
        first_batch_(make_examples(workload, workload.batch)),
        examples_(make_examples(workload, batches * workload.batch)),
        single_(make_examples(workload, 1).x) {
    utils::set_random_seed(0);
    model_ = workload.make();
    model_.compile(
        {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .run_eagerly = eager});
    if (trainable_parameters() != workload.parameters)
      throw std::logic_error(workload.name + " has not the number of parameters in the table");
  }

  /// Returns the loss.
  double first_step() const {
    return model_.train_on_batch(first_batch_.x, first_batch_.y)["loss"];
  }

  double fit() const {
    return model_.fit(examples_.x, examples_.y, {.batch_size = batch_, .verbose = 0})
        .history["loss"]
        .back();
  }
  Tensor predict() const {
    return model_.predict(examples_.x, {.batch_size = batch_, .verbose = 0});
  }
  void predict_single() const { model_.predict_on_batch(single_).eval(); }

  double count() const { return static_cast<double>(examples_.x.shape()[0]); }
  const Model& model() const { return model_; }
  std::int64_t trainable_parameters() const {
    std::int64_t total = 0;
    for (const Variable& variable : model_.trainable_weights()) total += variable.shape().size();
    return total;
  }

 private:
  int batch_;
  Examples first_batch_;
  Examples examples_;
  Tensor single_;
  Model model_;
};

void print_rate(const Contestant& contestant, const std::vector<double>& times, double loss) {
  std::printf(
      "{\"rate\": %.2f, \"median_rate\": %.2f, \"passes\": %zu, \"loss\": %.6g, "
      "\"peak_mb\": %.1f}\n",
      contestant.count() / times.front(), contestant.count() / quantile(times, 0.5), times.size(),
      loss, status_megabytes("VmHWM"));
}

void serve(const Contestant& contestant) {
  double loss = 0;
  const double seconds = seconds_of([&] { loss = contestant.first_step(); });
  std::printf("{\"parameters\": %lld, \"first_step_s\": %.4f, \"loss\": %.6g}\n",
              static_cast<long long>(contestant.trainable_parameters()), seconds, loss);
  std::fflush(stdout);
  for (std::string line, command; std::getline(std::cin, line); std::fflush(stdout)) {
    double time = 0;
    std::istringstream(line) >> command >> time;
    if (command == "train") {
      const auto times = durations(time, 1, [&] { loss = contestant.fit(); });
      print_rate(contestant, times, loss);
    } else if (command == "predict") {
      contestant.predict();
      print_rate(contestant, durations(time, 1, [&] { contestant.predict(); }), loss);
    } else if (command == "latency") {
      for (int i = 0; i < 10; ++i) contestant.predict_single();
      const auto times = durations(time, 20, [&] { contestant.predict_single(); });
      std::printf("{\"p50_us\": %.2f, \"p99_us\": %.2f, \"runs\": %zu}\n",
                  1e6 * quantile(times, 0.5), 1e6 * quantile(times, 0.99), times.size());
    }
  }
}

/// How far apart the two are, as a share of `expected` where that is above 1.
double distance(double value, double expected) {
  return std::abs(value - expected) / std::max(1.0, std::abs(expected));
}

/// The largest difference of predictions, of the first step's loss and of the second's, which saw
/// the first one's gradients and update.
double distance_to_eager(const Contestant& contestant, const Contestant& eager) {
  const Tensor difference = ops::absolute(contestant.predict() - eager.predict());
  double most = ops::max(difference).item<float>();
  for (int step = 0; step < 2; ++step)
    most = std::max(most, distance(contestant.first_step(), eager.first_step()));
  return most;
}

/// The same of eager steps from weights that lie one rounding apart: residual networks of chance
/// weights make much of little.
double distance_by_rounding(const Workload& workload) {
  const Contestant rounded(workload, 1, true);
  for (const Variable& weight : rounded.model().trainable_weights())
    weight.assign(weight.value() * (1.0f + std::numeric_limits<float>::epsilon()));
  return distance_to_eager(rounded, Contestant(workload, 1, true));
}

/// 0 when the loss falls in a few steps and the results are those of eager steps.
int smoke(const Workload& workload) {
  const Contestant contestant(workload, 2);
  const double first = contestant.first_step();
  contestant.fit();
  contestant.fit();
  const double last = contestant.fit();
  contestant.predict_single();
  const double apart = distance_to_eager(Contestant(workload, 1), Contestant(workload, 1, true));
  std::printf("loss %.4f, then %.4f; within %.1e of eager steps\n", first, last, apart);
  // Adam's first step is as long for a tiny gradient as for a large one, and of bfloat16's tiny
  // ones rounding decides the sign.
  double allowed = config::dtype_policy().name() == "float32" ? 1e-3 : 0.2;
  if (apart >= allowed) allowed = 2 * distance_by_rounding(workload);
  return last < first && apart < allowed ? 0 : 1;
}

void list_workloads() {
  for (const Workload& workload : workloads()) {
    std::string shape;
    for (int i = 0; i < workload.shape.rank(); ++i)
      shape += (i == 0 ? "" : ", ") + std::to_string(workload.shape[i]);
    std::printf(
        "{\"name\": \"%s\", \"batch\": %lld, \"batches\": %lld, \"shape\": [%s], "
        "\"vocabulary\": %lld, \"parameters\": %lld}\n",
        workload.name.c_str(), static_cast<long long>(workload.batch),
        static_cast<long long>(workload.batches), shape.c_str(),
        static_cast<long long>(workload.vocabulary), static_cast<long long>(workload.parameters));
  }
}

int usage() {
  std::fputs("usage: measure --list | WORKLOAD [--policy NAME] [--smoke | --save FILE]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments == std::vector<std::string>{"--list"}) return list_workloads(), 0;
  const Workload* workload = arguments.empty() ? nullptr : find_workload(arguments[0]);
  if (!workload) return usage();
  bool only_smoke = false;
  std::string file;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--smoke")
      only_smoke = true;
    else if (arguments[i] == "--policy" && has_value)
      config::set_dtype_policy(arguments[++i]);
    else if (arguments[i] == "--save" && has_value)
      file = arguments[++i];
    else
      return usage();
  }
  if (only_smoke) return smoke(*workload);
  const Contestant contestant(*workload, file.empty() ? workload->batches : 1);
  if (file.empty())
    serve(contestant);
  else
    contestant.model().save(file);
  return 0;
}
