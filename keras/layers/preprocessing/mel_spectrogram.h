#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"
#include "keras/ops/math.h"

namespace keras::layers {

struct MelSpectrogramOptions {
  std::int64_t fft_length = 2048;
  std::int64_t sequence_stride = 512;                ///< samples between two windows
  std::optional<std::int64_t> sequence_length = {};  ///< of a window; `fft_length` when unset
  ops::StftWindow window = std::string("hann");      ///< "hann", "hamming", values, or none
  std::int64_t sampling_rate = 16000;                ///< samples a second
  std::int64_t num_mel_bins = 128;
  double min_freq = 20.0;               ///< Hz, where the lowest bin starts
  std::optional<double> max_freq = {};  ///< Hz; half of the sampling rate when unset
  bool power_to_db = true;              ///< decibels instead of powers
  double top_db = 80.0;                 ///< What lies further below the maximum is raised to it.
  double mag_exp = 2.0;                 ///< 1 for magnitudes, 2 for powers
  double min_power = 1e-10;             ///< Lower powers count as this one.
  double ref_power = 1.0;               ///< of 0 decibels
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Audio, (…, samples), as its power over time in bands that are as wide as we hear them, (…,
/// num_mel_bins, time). Keras: keras.layers.MelSpectrogram.
class MelSpectrogram : public Layer {
 public:
  /// Throws ValueError for a `fft_length` below `sequence_length`, and for sizes below 1.
  explicit MelSpectrogram(MelSpectrogramOptions options = {});
  static MelSpectrogram from_config(const Config& config);
};

}  // namespace keras::layers
