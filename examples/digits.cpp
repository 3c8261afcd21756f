// Trains a small convolutional network on real handwritten digits, saves it, loads it back, and
// shows what it makes of a few of them.

#include <keras/keras.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

using namespace keras;

namespace {

/// The training curves as a picture, by gnuplot.
void draw_curves(const callbacks::History& history, const std::string& file) {
  std::ofstream table("digits_curves.dat");
  const auto& curves = history.history;
  for (std::size_t epoch = 0; epoch < curves.at("loss").size(); ++epoch)
    table << epoch + 1 << ' ' << curves.at("loss")[epoch] << ' ' << curves.at("val_loss")[epoch]
          << ' ' << curves.at("accuracy")[epoch] << ' ' << curves.at("val_accuracy")[epoch] << '\n';
  table.close();
  std::ofstream script("digits_curves.gp");
  script << "set terminal pngcairo size 1000,420\nset output '" << file << "'\n"
         << "set multiplot layout 1,2\nset grid\nset xlabel 'epoch'\n"
         << "set title 'loss'\nplot 'digits_curves.dat' using 1:2 with lines title 'training', "
         << "'' using 1:3 with lines title 'validation'\n"
         << "set title 'accuracy'\nset key bottom\n"
         << "plot 'digits_curves.dat' using 1:4 with lines title 'training', "
         << "'' using 1:5 with lines title 'validation'\n";
  script.close();
  if (std::system("gnuplot digits_curves.gp") == 0) {
    std::printf("Training curves: %s\n", file.c_str());
  } else {
    std::printf("Training curves: gnuplot is not installed; digits_curves.dat has the numbers.\n");
  }
}

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
                         {.monitor = "val_loss", .patience = 8, .restore_best_weights = true}),
                     callbacks::ReduceLROnPlateau(
                         {.monitor = "val_loss", .factor = 0.5, .patience = 3}),
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

  draw_curves(history, "digits.png");
  std::printf("\n");
  for (const int which : {0, 7, 100}) show(test.x, predictions, test.y, which);
  return same && results["accuracy"] >= 0.98 ? 0 : 1;
}
