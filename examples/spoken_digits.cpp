// Which digit is spoken: recordings as mel spectrograms, and a convolutional network over them.

#include <keras/keras.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "example_data.h"

using namespace keras;

namespace {

constexpr std::int64_t kSamples = 8000;  // a second
// Averages of 0.99, the default, lag behind weights that learn for some hundred steps only.
constexpr double kMomentum = 0.9;

/// Recordings without the silence around them, as loud as each other, in the middle of a second.
Tensor centred(const Tensor& recording) {
  const auto samples = recording.to_vector<float>();
  float loudest = 1e-6f;
  for (const float sample : samples) loudest = std::max(loudest, std::abs(sample));
  const auto is_sound = [&](float sample) { return std::abs(sample) > 0.02f * loudest; };
  const auto begin = std::find_if(samples.begin(), samples.end(), is_sound);
  const auto end = std::find_if(samples.rbegin(), samples.rend(), is_sound).base();
  std::vector<float> out(kSamples, 0.0f);
  const auto length = std::min<std::ptrdiff_t>(end - begin, kSamples);
  const auto first = (kSamples - length) / 2;
  for (std::ptrdiff_t i = 0; i < length; ++i)
    out[static_cast<std::size_t>(first + i)] = begin[i] / loudest;
  return Tensor::from(out, {1, kSamples});
}

/// All recordings of a folder, (n, samples), and what they say.
std::pair<Tensor, Tensor> load(const std::filesystem::path& folder, std::int64_t most) {
  const auto files = utils::audio_dataset_from_directory(
      folder, {.files = {.batch_size = std::nullopt, .seed = 1, .verbose = false}});
  Tensors recordings, labels;
  Batch one;
  while (static_cast<std::int64_t>(recordings.size()) < most && files.impl().next(one)) {
    recordings.push_back(centred(one.x));
    labels.push_back(one.y);
  }
  return {ops::concatenate(recordings).eval(), ops::stack(labels).eval()};
}

Tensor spectra(const Tensor& recordings) {
  const layers::MelSpectrogram mel({.fft_length = 512,
                                    .sequence_stride = 128,
                                    .sequence_length = 256,
                                    .sampling_rate = 8000,
                                    .num_mel_bins = 40,
                                    .min_freq = 60});
  return (ops::expand_dims(mel(recordings), {.axis = -1}) / 40.0).eval();
}

/// The same recordings again, some of them earlier or later, with a little noise.
Tensor moved(const Tensor& recordings, std::int64_t by) {
  const Tensor noise = random::normal(recordings.shape(), {.stddev = 0.003, .seed = by});
  return (ops::roll(recordings, by, {.axis = 1}) + noise).eval();
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = example::parse(argc, argv);
  const auto folder = example::find(arguments, "audio/fsdd");
  utils::set_random_seed(arguments.seed);
  const auto [train_x, train_y] = load(folder / "train", arguments.quick ? 150 : 10000);
  const auto [test_x, test_y] = load(folder / "test", arguments.quick ? 50 : 10000);
  const Tensor x = ops::concatenate({spectra(train_x), spectra(moved(train_x, 500)),
                                     spectra(moved(train_x, -500))})
                       .eval();
  const Tensor y = ops::concatenate({train_y, train_y, train_y}).eval();

  const Sequential model({
      Input(x.shape().slice(1)),
      layers::Conv2D(32, 3, {.padding = "same", .use_bias = false}),
      layers::BatchNormalization({.momentum = kMomentum}),
      layers::ReLU(),
      layers::MaxPooling2D(2),
      layers::Conv2D(64, 3, {.padding = "same", .use_bias = false}),
      layers::BatchNormalization({.momentum = kMomentum}),
      layers::ReLU(),
      layers::MaxPooling2D(2),
      layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"}),
      layers::MaxPooling2D(2),
      layers::Flatten(),
      layers::Dropout(0.5),
      layers::Dense(64, {.activation = "relu"}),
      layers::Dense(10, {.activation = "softmax"}),
  });
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  const example::Stopwatch training;
  model.fit(x, y, {.batch_size = 64, .epochs = arguments.quick ? 1 : 3, .verbose = 2});
  const double seconds = training.seconds();
  const double accuracy = model.evaluate(spectra(test_x), test_y, {.verbose = 0})["accuracy"];
  std::printf("accuracy on %lld recordings: %.2f %%\n", static_cast<long long>(test_x.shape()[0]),
              100 * accuracy);
  // Ten spectrograms, low tones below.
  const Tensor shown = ops::flip(ops::slice_axis(x, 0, 0, 10), {.axis = 1});
  utils::save_img("spoken_digits.png", ops::concatenate(ops::unstack(shown), {.axis = 1}));
  return example::finish(accuracy, seconds, arguments.quick || accuracy >= 0.9);
}
