// Images a second that ImageDataGenerator changes at random: image_generator [--seconds S].
// benchmarks/image_generator.py measures the same with Keras.

#include <keras/keras.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using keras::Tensor;
using keras::preprocessing::image::ImageDataGenerator;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double rate(const keras::Shape& shape, double seconds) {
  const ImageDataGenerator generator({.rotation_range = 20,
                                      .width_shift_range = 0.1,
                                      .height_shift_range = 0.1,
                                      .shear_range = 10,
                                      .zoom_range = 0.2,
                                      .horizontal_flip = true,
                                      .rescale = 1.0 / 255});
  const Tensor x = keras::random::uniform(shape, {.maxval = 255, .seed = 1});
  const auto batches = generator.flow(x, {.batch_size = 32, .seed = 1});
  batches.next();
  std::int64_t images = 0;
  const auto start = Clock::now();
  while (seconds_since(start) < seconds) images += batches.next().size();
  return static_cast<double>(images) / seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 3;
  if (argc == 3 && std::string_view(argv[1]) == "--seconds") seconds = std::atof(argv[2]);
  std::printf("28x28x1 %.0f images/s\n", rate({1024, 28, 28, 1}, seconds));
  std::printf("224x224x3 %.1f images/s\n", rate({64, 224, 224, 3}, seconds));
  return 0;
}
