// Pictures of digits through a bottleneck of sixteen numbers and back, as a picture: the digits
// above, what came back below.

#include <keras/keras.h>

#include <cstdio>

#include "example_mnist.h"

using namespace keras;

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto [train, test] = example::load_mnist(arguments, arguments.quick ? 1000 : 8000);
  utils::set_random_seed(arguments.seed);

  const Sequential encoder({
      Input({28, 28, 1}),
      layers::Conv2D(32, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Conv2D(64, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Flatten(),
      layers::Dense(16, {.name = "code"}),
  });
  const Sequential decoder({
      Input({16}),
      layers::Dense(7 * 7 * 64, {.activation = "relu"}),
      layers::Reshape({7, 7, 64}),
      layers::Conv2DTranspose(32, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Conv2DTranspose(16, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Conv2D(1, 3, {.padding = "same", .activation = "sigmoid"}),
  });
  const Tensor picture = Input({28, 28, 1});
  const Model autoencoder(picture, decoder(encoder(picture)));
  autoencoder.compile({.optimizer = optimizers::Adam({.learning_rate = 2e-3}), .loss = "mse"});
  const example::Stopwatch training;
  autoencoder.fit(train.x, train.x,
                  {.batch_size = 64, .epochs = arguments.quick ? 1 : 6, .verbose = 2});
  const double seconds = training.seconds();

  const double error = autoencoder.evaluate(test.x, test.x, {.verbose = 0})["loss"];
  const double spread = ops::mean(ops::var(test.x, {.axis = 0})).item<double>();
  std::printf("squared error %.4f: %.1f %% of the pictures' variance is left\n", error,
              100 * error / spread);
  const Tensor shown = ops::slice_axis(test.x, 0, 0, 12);
  example::save_rows("autoencoder.png", {shown, autoencoder.predict(shown, {.verbose = 0})});
  return example::finish(error / spread, seconds, arguments.quick || error < 0.2 * spread);
}
