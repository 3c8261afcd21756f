// Images a second that ImageDataGenerator changes at random, and what a small convnet loses by
// training from it: image_generator [--seconds S] [--no-training]. KERAS_NUM_THREADS narrows it.
// benchmarks/image_generator.py runs it and Keras in turn.

#include <keras/keras.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "timing.h"

namespace {

using keras::Tensor;
using keras::benchmarks::seconds_of;
using keras::preprocessing::image::ImageDataGenerator;

ImageDataGenerator generator() {
  return ImageDataGenerator({.rotation_range = 20,
                             .width_shift_range = 0.1,
                             .height_shift_range = 0.1,
                             .shear_range = 10,
                             .zoom_range = 0.2,
                             .horizontal_flip = true,
                             .rescale = 1.0 / 255});
}

Tensor noise(const keras::Shape& shape) {
  return keras::random::uniform(shape, {.maxval = 255, .seed = 1});
}

double rate(const keras::Shape& shape, double seconds) {
  const auto batches = generator().flow(noise(shape), {.batch_size = 32, .seed = 1});
  batches.next();
  std::int64_t images = 0;
  double spent = 0;
  while (spent < seconds) spent += seconds_of([&] { images += batches.next().size(); });
  return static_cast<double>(images) / spent;
}

/// Images a second that a convnet of 28x28 pixels trains on: as they lie in memory, and changed by
/// the generator meanwhile, in turn, the best epoch of each.
void print_training() {
  constexpr std::int64_t kImages = 10240;
  namespace layers = keras::layers;
  const keras::Sequential model(
      {keras::Input({28, 28, 1}), layers::Conv2D(32, 3, {.activation = "relu"}),
       layers::MaxPooling2D(2), layers::Conv2D(64, 3, {.activation = "relu"}),
       layers::MaxPooling2D(2), layers::Flatten(), layers::Dropout(0.5),
       layers::Dense(10, {.activation = "softmax"})});
  model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy"});
  const Tensor x = noise({kImages, 28, 28, 1});
  const Tensor y = keras::random::randint({kImages}, 0, 10, {.seed = 2});
  const auto flow = generator().flow(x, y, {.batch_size = 128, .seed = 1});
  double plain = 1e9, changed = 1e9;
  for (int epoch = 0; epoch < 6; ++epoch) {
    plain =
        std::min(plain, seconds_of([&] { model.fit(x, y, {.batch_size = 128, .verbose = 0}); }));
    changed = std::min(changed, seconds_of([&] { model.fit(flow, {.verbose = 0}); }));
  }
  std::printf("training %.0f images/s\n", kImages / plain);
  std::printf("training_from_generator %.0f images/s\n", kImages / changed);
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 3;
  bool train = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--seconds" && i + 1 < argc) seconds = std::atof(argv[++i]);
    if (argument == "--no-training") train = false;
  }
  std::printf("28x28x1 %.0f images/s\n", rate({1024, 28, 28, 1}, seconds));
  std::printf("224x224x3 %.1f images/s\n", rate({64, 224, 224, 3}, seconds));
  if (train) print_training();
  return 0;
}
