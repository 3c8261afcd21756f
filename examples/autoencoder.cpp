// Pictures of digits through a bottleneck of eight numbers and back, as a picture: the digits
// above, what came back below.

#include <keras/keras.h>

#include <cstdio>

#include "example_data.h"

using namespace keras;

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  utils::set_random_seed(1);
  const auto [train, test] = datasets::digits::load_data();

  const Sequential encoder({
      Input({8, 8, 1}),
      layers::Conv2D(32, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Flatten(),
      layers::Dense(64, {.activation = "relu"}),
      layers::Dense(8, {.name = "code"}),
  });
  const Sequential decoder({
      Input({8}),
      layers::Dense(64, {.activation = "relu"}),
      layers::Dense(4 * 4 * 32, {.activation = "relu"}),
      layers::Reshape({4, 4, 32}),
      layers::Conv2DTranspose(32, 3, {.strides = 2, .padding = "same", .activation = "relu"}),
      layers::Conv2D(1, 3, {.padding = "same", .activation = "sigmoid"}),
  });
  const Tensor picture = Input({8, 8, 1});
  const Model autoencoder(picture, decoder(encoder(picture)));
  autoencoder.compile({.optimizer = optimizers::Adam({.learning_rate = 2e-3}), .loss = "mse"});
  autoencoder.fit(train.x, train.x,
                  {.batch_size = 32, .epochs = arguments.quick ? 3 : 60, .verbose = 2});

  const double error = autoencoder.evaluate(test.x, test.x, {.verbose = 0})["loss"];
  const double spread = ops::mean(ops::var(test.x, {.axis = 0})).item<double>();
  std::printf("squared error %.4f: %.1f %% of the pictures' variance is left\n", error,
              100 * error / spread);

  // Ten digits in a row, each eight times larger.
  const Tensor shown = ops::slice_axis(test.x, 0, 0, 10);
  const auto row = [](const Tensor& pictures) {
    return ops::concatenate(ops::unstack(pictures), {.axis = 1});
  };
  Tensor image =
      ops::concatenate({row(shown), row(autoencoder.predict(shown, {.verbose = 0}))}, {.axis = 0});
  image = ops::repeat(ops::repeat(image, 8, {.axis = 0}), 8, {.axis = 1});
  utils::save_img("autoencoder.png", 1.0 - image);
  std::printf("autoencoder.png shows ten of them\n");
  return arguments.quick || error < 0.25 * spread ? 0 : 1;
}
