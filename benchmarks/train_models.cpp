// Times training and prediction of the benchmark models: train_models WORKLOAD [--seconds S].
// Prints one line of JSON. benchmarks/compare.sh runs it in turn with Keras in Python.

#include <keras/keras.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace keras;

namespace {

constexpr std::int64_t kBatch = 128;
constexpr std::int64_t kBatches = 200;

Sequential mlp() {
  return Sequential({Input({784}), layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(512, {.activation = "relu"}),
                     layers::Dense(10, {.activation = "softmax"})});
}

Sequential cnn() {
  return Sequential({Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}),
                     layers::MaxPooling2D(2), layers::Flatten(), layers::Dropout(0.5),
                     layers::Dense(10, {.activation = "softmax"})});
}

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

}  // namespace

int main(int argc, char** argv) {
  const std::string workload = argc > 1 ? argv[1] : "";
  const double seconds = argc > 3 && std::string(argv[2]) == "--seconds" ? std::atof(argv[3]) : 5;
  if (workload != "mlp" && workload != "cnn") {
    std::fputs("usage: train_models mlp|cnn [--seconds S]\n", stderr);
    return 2;
  }
  utils::set_random_seed(0);
  const Sequential model = workload == "mlp" ? mlp() : cnn();
  const std::int64_t count = kBatch * kBatches;
  const Shape shape = workload == "mlp" ? Shape{count, 784} : Shape{count, 28, 28, 1};
  const Tensor x = random::normal(shape, {.seed = 1}).eval();
  std::vector<std::int32_t> labels(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 10);
  const Tensor y = Tensor::from(labels, {count});
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});

  const auto fit = [&] { model.fit(x, y, {.batch_size = kBatch, .verbose = 0}); };
  const auto predict = [&] { model.predict(x, {.batch_size = kBatch, .verbose = 0}); };
  fit();
  const double train_rate = best_rate(static_cast<double>(count), seconds, fit);
  predict();
  const double predict_rate = best_rate(static_cast<double>(count), seconds / 2, predict);
  std::printf("{\"workload\": \"%s\", \"train\": %.0f, \"predict\": %.0f}\n", workload.c_str(),
              train_rate, predict_rate);
  return 0;
}
