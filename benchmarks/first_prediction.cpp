// Loads a model and predicts once: first_prediction digits.keras. Time it as a whole process; what
// it prints is the share of loading and of the first prediction, compiling included.

#include <keras/keras.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  using namespace keras;
  using Clock = std::chrono::steady_clock;
  if (argc != 2) {
    std::fputs("usage: first_prediction MODEL.keras\n", stderr);
    return 2;
  }
  const auto milliseconds = [](Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  const auto start = Clock::now();
  const Model model = load_model(argv[1]);
  const auto loaded = Clock::now();
  Shape shape = model.inputs()[0].shape();
  shape[0] = 1;
  const Tensor prediction = model.predict(ops::zeros(shape), {.verbose = 0});
  std::printf("load %.1f ms, first prediction %.1f ms\n", milliseconds(loaded - start),
              milliseconds(Clock::now() - loaded));
  return prediction.shape()[0] == 1 ? 0 : 1;
}
