#include <gtest/gtest.h>

#include "keras/layers/core/input_layer.h"
#include "keras/layers/preprocessing/mel_spectrogram.h"
#include "keras/layers/preprocessing/stft_spectrogram.h"
#include "keras/ops/numpy.h"
#include "tests/support/layer_checks.h"

namespace keras::layers {
namespace {

using testing::distinct;
using testing::expect_config_round_trip;
using testing::expect_error;
using testing::expect_gradients;
using testing::expect_values;

Tensor audio() {
  const Tensor x = Tensor::of<float>({1, 2, -1, 3, 0.5f, -2, 1, 4});
  return ops::concatenate({x, x, x});
}

/// One batch of two channels: (1, 8, 2).
Tensor stereo() {
  const Tensor x = Tensor::of<float>({1, 2, -1, 3, 0.5f, -2, 1, 4});
  return ops::expand_dims(ops::stack({x, ops::flip(x)}, {.axis = -1}), {.axis = 0});
}

TEST(MelSpectrogram, IsKeras) {
  const MelSpectrogram layer({.fft_length = 8,
                              .sequence_stride = 4,
                              .sequence_length = 6,
                              .window = "hamming",
                              .sampling_rate = 20,
                              .num_mel_bins = 2,
                              .min_freq = 1.0,
                              .mag_exp = 1.5,
                              .ref_power = 2.0});
  expect_values(layer(audio()), {2, 7},
                {3.0277f, 5.20427f, 5.37351f, 5.20427f, 5.37351f, 5.20427f, 7.3899f, -1.06239f,
                 5.88777f, 3.0459f, 5.88777f, 3.0459f, 5.88777f, 5.95949f},
                2e-4f);
  const MelSpectrogram powers({.fft_length = 8,
                               .sequence_stride = 4,
                               .sampling_rate = 20,
                               .num_mel_bins = 2,
                               .min_freq = 1.0,
                               .power_to_db = false});
  expect_values(powers(ops::expand_dims(audio(), {.axis = 0})), {1, 2, 7},
                {6.56853f, 15.69821f, 16.29439f, 15.69821f, 16.29439f, 15.69821f, 30.59899f,
                 1.87377f, 19.38385f, 7.68807f, 19.38385f, 7.68807f, 19.38385f, 18.36808f},
                2e-3f);
  EXPECT_EQ(powers(Input({24})).shape(), (Shape{kUnknown, 2, 7}));
}

TEST(MelSpectrogram, ConfigIsKeras) {
  const MelSpectrogram layer({.sampling_rate = 20, .min_freq = 1});
  EXPECT_EQ(layer.get_config().at("max_freq").to_string(), "10");
  EXPECT_EQ(layer.get_config().at("sequence_length").as_int(), 2048);
  expect_config_round_trip(MelSpectrogram({.window = {}, .max_freq = 4000.0}));
}

TEST(MelSpectrogram, RefusesBadArguments) {
  expect_error<ValueError>([] { MelSpectrogram({.fft_length = 4, .sequence_length = 5}); },
                           "`fft_length` must be greater than or equal to `sequence_length`");
  expect_error<ValueError>([] { MelSpectrogram({.num_mel_bins = 0}); },
                           "`num_mel_bins` must be positive");
}

TEST(STFTSpectrogram, IsKeras) {
  const STFTSpectrogram density({.mode = "psd", .frame_length = 4, .frame_step = 3});
  expect_values(density(stereo()), {1, 2, 6},
                {0.5f, 5, 4.5f, 0.5f, 5, 4.5f, 1.125f, 4.25f, 3.125f, 2, 10, 8}, 1e-4f);
  const STFTSpectrogram log(
      {.frame_length = 4, .frame_step = 3, .padding = "same", .expand_dims = true});
  expect_values(
      log(stereo()), {1, 3, 3, 2},
      {0.75204f, 1.26286f, 0.45815f, 1.07003f, -0.34657f, 0.75204f, 0.90619f, 0.90619f, 0.76574f,
       0.76574f, 0.56972f, 0.56972f, 1.26286f, 0.75204f, 1.07003f, 0.45815f, 0.75204f, -0.34657f},
      1e-4f);
  const STFTSpectrogram parts({.mode = "stft",
                               .frame_length = 4,
                               .frame_step = 3,
                               .scaling = {},
                               .data_format = "channels_first"});
  expect_values(parts(ops::swapaxes(stereo(), 1, 2)), {1, 12, 2},
                {0.75f,  -1.125f, 0.75f, 1.5f,  -2.25f, -1.875f, 0, 0, -1.5f,  -0.375f, 0, 0,
                 -0.75f, 1.5f,    1.5f,  0.75f, -2.25f, -3,      0, 0, -0.75f, -2.25f,  0, 0},
                1e-4f);
  EXPECT_EQ(density(Input({8, 2})).shape(), (Shape{kUnknown, 2, 6}));
  // Frames may be long, however long the sound is.
  EXPECT_EQ(STFTSpectrogram()(Input({kUnknown, 1})).shape(), (Shape{kUnknown, kUnknown, 129}));
}

TEST(STFTSpectrogram, HasGradients) {
  const STFTSpectrogram layer(
      {.mode = "magnitude", .frame_length = 4, .frame_step = 2, .dtype = "float64"});
  expect_gradients([&](const Tensors& in) { return layer(in[0]); }, {distinct({1, 8, 1})});
  EXPECT_EQ(layer.trainable_weights().size(), 2u);
}

TEST(STFTSpectrogram, RefusesBadArguments) {
  const auto refuse = [](const STFTSpectrogramOptions& options, const char* message) {
    expect_error<ValueError>([&] { STFTSpectrogram{options}; }, message);
  };
  expect_config_round_trip(STFTSpectrogram({.mode = "angle", .window = {}, .scaling = {}}));
  Config config = STFTSpectrogram().get_config();
  config.set("window", 3);
  expect_error<ValueError>([&] { STFTSpectrogram::from_config(config); },
                           "`window` must be a name or a list of values. Received: window=3");
  refuse({.mode = "x"}, "Output mode is invalid");
  refuse({.frame_length = 4, .frame_step = 5}, "`frame_step` should be a positive integer not");
  refuse({.frame_length = 4, .fft_length = 3}, "`fft_length` should be not less than");
  refuse({.scaling = "x"}, "Scaling is invalid");
  refuse({.padding = "causal"}, "Padding is invalid");
  refuse({.data_format = "x"}, "The `data_format` argument must be one of");
}

}  // namespace
}  // namespace keras::layers
