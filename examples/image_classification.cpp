// Which digit a picture shows: a convolutional network on 8,000 pictures that an
// ImageDataGenerator turns, moves, shears and zooms a little, anew in each epoch.

#include <keras/keras.h>

#include <cstdio>

#include "example_mnist.h"

using namespace keras;

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto [train, test] = example::load_mnist(arguments, arguments.quick ? 1000 : 8000);
  utils::set_random_seed(arguments.seed);

  const preprocessing::image::ImageDataGenerator generator({.rotation_range = 10,
                                                            .width_shift_range = 0.1,
                                                            .height_shift_range = 0.1,
                                                            .shear_range = 10,
                                                            .zoom_range = 0.1});
  const auto pictures =
      generator.flow(train.x, train.y, {.batch_size = 64, .seed = arguments.seed});
  const Sequential model({
      Input({28, 28, 1}),
      layers::Conv2D(32, 3, {.activation = "relu"}),
      layers::BatchNormalization(),
      layers::MaxPooling2D(2),
      layers::Conv2D(64, 3, {.activation = "relu"}),
      layers::BatchNormalization(),
      layers::MaxPooling2D(2),
      layers::Flatten(),
      layers::Dropout(0.5),
      layers::Dense(128, {.activation = "relu"}),
      layers::Dense(10, {.activation = "softmax"}),
  });
  const int epochs = arguments.quick ? 2 : 12;
  const optimizers::schedules::CosineDecay rate(2e-3, epochs * pictures.size());
  model.compile({.optimizer = optimizers::Adam({.learning_rate = rate}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  const example::Stopwatch training;
  model.fit(pictures, {.epochs = epochs, .verbose = 2});
  const double seconds = training.seconds();
  const double accuracy = model.evaluate(test.x, test.y, {.verbose = 0})["accuracy"];
  std::printf("accuracy on 2000 digits never seen: %.2f %%\n", 100 * accuracy);

  // Some digits as they are, and what became of others.
  example::save_rows("image_classification.png", {ops::slice_axis(train.x, 0, 0, 12),
                                                  ops::slice_axis(pictures[0].x, 0, 0, 12)});
  return example::finish(accuracy, seconds, arguments.quick || accuracy >= 0.985);
}
