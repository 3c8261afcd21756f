// A network that knows the digits 0 to 4 learns 5 to 9 from few pictures: its convolutions stay as
// they are, a new head is trained, then all of it a little. Compared with learning from nothing.

#include <keras/keras.h>

#include <cstdio>

#include "example_mnist.h"

using namespace keras;

namespace {

/// The digits from `first` to `first` + 4, at most so many of them, numbered from 0.
datasets::Split five_digits(const datasets::Split& all, int first, std::size_t most) {
  std::vector<std::int64_t> rows;
  const auto labels = all.y.to_vector<int>();
  for (std::size_t i = 0; i < labels.size() && rows.size() < most; ++i)
    if (labels[i] >= first && labels[i] < first + 5) rows.push_back(static_cast<std::int64_t>(i));
  const Tensor places = Tensor::from(rows, {static_cast<std::int64_t>(rows.size())});
  return {ops::take(all.x, places, {.axis = 0}).eval(),
          (ops::take(all.y, places, {.axis = 0}) - first).eval()};
}

Sequential make_base() {
  return Sequential({
      Input({28, 28, 1}),
      layers::Conv2D(32, 3, {.activation = "relu"}),
      layers::MaxPooling2D(2),
      layers::Conv2D(64, 3, {.activation = "relu"}),
      layers::MaxPooling2D(2),
      layers::Flatten(),
      layers::Dropout(0.5),
  });
}

Sequential with_head(const Sequential& base) {
  return Sequential({Input({28, 28, 1}), base, layers::Dense(5, {.activation = "softmax"})});
}

void train(const Sequential& model, const datasets::Split& data, double learning_rate, int epochs) {
  model.compile({.optimizer = optimizers::Adam({.learning_rate = learning_rate}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  model.fit(data.x, data.y, {.batch_size = 16, .epochs = epochs, .verbose = 0});
}

/// The first twelve test pictures that are taken for each of the digits, a row each.
void show(const Sequential& model, const Tensor& pictures) {
  const auto found =
      ops::argmax(model.predict(pictures, {.verbose = 0}), {.axis = -1}).to_vector<int>();
  Tensors rows;
  for (int digit = 0; digit < 5; ++digit) {
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < found.size() && places.size() < 12; ++i)
      if (found[i] == digit) places.push_back(static_cast<std::int64_t>(i));
    places.resize(12, places.empty() ? 0 : places.back());
    rows.push_back(ops::take(pictures, Tensor::from(places, {12}), {.axis = 0}));
  }
  example::save_rows("transfer_learning.png", rows);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto [all_train, all_test] = example::load_mnist(arguments);
  utils::set_random_seed(arguments.seed);
  const auto low = five_digits(all_train, 0, arguments.quick ? 500 : 10000);
  const auto few = five_digits(all_train, 5, 100);
  const auto high = five_digits(all_test, 5, 10000);
  const int epochs = arguments.quick ? 1 : 10;
  const auto accuracy = [&](const Sequential& model) {
    return 100 * model.evaluate(high.x, high.y, {.verbose = 0})["accuracy"];
  };

  const example::Stopwatch training;
  const Sequential fresh = with_head(make_base());
  train(fresh, few, 1e-3, 2 * epochs);
  std::printf("from nothing: %.1f %%\n", accuracy(fresh));

  const Sequential base = make_base();
  train(with_head(base), low, 1e-3, arguments.quick ? 1 : 3);
  base.set_trainable(false);
  const Sequential model = with_head(base);
  train(model, few, 3e-3, epochs);
  std::printf("a new head on what knows 0 to 4: %.1f %%\n", accuracy(model));
  base.set_trainable(true);
  train(model, few, 1e-3, epochs);
  const double tuned = accuracy(model);
  std::printf("with all of it tuned: %.1f %%\n", tuned);
  show(model, high.x);
  return example::finish(tuned / 100, training.seconds(), arguments.quick || tuned > 90);
}
