#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "keras/layers/layer.h"

namespace keras::layers {

struct STFTSpectrogramOptions {
  /// "log", "magnitude", "psd" (power spectral density), "real", "imag", "angle", or "stft": real
  /// and imaginary parts, one behind the other.
  std::string mode = "log";
  int frame_length = 256;              ///< samples of a window
  std::optional<int> frame_step = {};  ///< samples between two windows; half a window when unset
  std::optional<int> fft_length = {};  ///< the power of two above `frame_length` when unset
  /// A name in scipy.signal.windows, the window's values, or none.
  std::variant<std::monostate, std::string, std::vector<double>> window = "hann";
  bool periodic = false;
  std::optional<std::string> scaling = "density";  ///< or "spectrum", or none
  std::string padding = "valid";                   ///< or "same"
  bool expand_dims = false;  ///< Channels get an axis of their own behind the frequencies.
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Audio, (batch, samples, channels), as its spectrum over time, by convolutions whose kernels
/// training may change. Keras: keras.layers.STFTSpectrogram.
class STFTSpectrogram : public Layer {
 public:
  /// Throws ValueError for unknown modes, scalings, paddings and windows, and for sizes that do not
  /// go together.
  explicit STFTSpectrogram(STFTSpectrogramOptions options = {});
  static STFTSpectrogram from_config(const Config& config);
};

}  // namespace keras::layers
