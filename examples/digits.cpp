// Trains a small convolutional network on real handwritten digits, saves it, loads it back, and
// shows what it makes of a few of them.

#include <keras/keras.h>

#include <algorithm>
#include <cstdio>

using namespace keras;

namespace {

/// A digit in characters, darker for more ink, with what the model thinks of it.
void show(const Tensor& images, const Tensor& predictions, const Tensor& labels, int which) {
  const auto pixels = images.data<float>().subspan(static_cast<std::size_t>(which) * 64, 64);
  for (std::size_t row = 0; row < 8; ++row) {
    for (std::size_t column = 0; column < 8; ++column) {
      const char ink = " .:-=+*#%@"[static_cast<int>(pixels[row * 8 + column] * 9.0f)];
      std::printf("%c%c", ink, ink);
    }
    std::printf("\n");
  }
  const auto scores = predictions.data<float>().subspan(static_cast<std::size_t>(which) * 10, 10);
  const auto best = std::max_element(scores.begin(), scores.end());
  std::printf("predicted %d (%.1f %%), is %d\n\n", static_cast<int>(best - scores.begin()),
              100.0 * static_cast<double>(*best),
              labels.to_vector<int>()[static_cast<std::size_t>(which)]);
}

}  // namespace

int main() {
  utils::set_random_seed(42);
  const auto [train, test] = datasets::digits::load_data();

  Sequential model({
      Input({8, 8, 1}),
      layers::Conv2D(32, 3, {.padding = "same", .activation = "relu"}),
      layers::BatchNormalization(),
      layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"}),
      layers::BatchNormalization(),
      layers::MaxPooling2D(2),
      layers::Dropout(0.25),
      layers::Flatten(),
      layers::Dense(128, {.activation = "relu"}),
      layers::Dropout(0.5),
      layers::Dense(10, {.activation = "softmax"}),
  });
  model.summary();

  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  const auto history = model.fit(
      train.x, train.y,
      {.batch_size = 32,
       .epochs = 40,
       .callbacks = {callbacks::EarlyStopping(
                         {.monitor = "val_loss", .patience = 12, .restore_best_weights = true}),
                     callbacks::ReduceLROnPlateau(
                         {.monitor = "val_loss", .factor = 0.5, .patience = 5}),
                     callbacks::ModelCheckpoint("digits_best.keras", {.save_best_only = true})},
       .validation_split = 0.1});

  const auto results = model.evaluate(test.x, test.y, {.verbose = 0});
  std::printf("\nHeld-out digits: accuracy %.4f, loss %.4f\n", results["accuracy"],
              results["loss"]);

  model.save("digits.keras");
  const Tensor predictions = model.predict(test.x, {.verbose = 0});
  const Tensor again = load_model("digits.keras").predict(test.x, {.verbose = 0});
  const auto a = predictions.data<float>(), b = again.data<float>();
  const bool same = std::equal(a.begin(), a.end(), b.begin(), b.end());
  std::printf("Saved to digits.keras; loaded back, it predicts %s.\n",
              same ? "the same bits" : "something else");

  callbacks::plot_history(history.history, "digits.png");
  std::printf("Training curves: digits.png\n\n");
  for (const int which : {0, 7, 100}) show(test.x, predictions, test.y, which);
  return same && results["accuracy"] >= 0.98 ? 0 : 1;
}
