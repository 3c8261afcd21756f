#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "keras/initializers/initializer.h"

namespace keras::initializers {

struct STFTOptions {
  std::string side = "real";  ///< or "imag"
  /// A name in scipy.signal.windows, the window's values, or none.
  std::variant<std::monostate, std::string, std::vector<double>> window = "hann";
  /// The window's norm that the values are divided by: "density" for L2, "spectrum" for L1.
  std::optional<std::string> scaling = "density";
  bool periodic = false;  ///< whether the window is one period of a periodic function
};
/// One side of the kernel of a short-term Fourier transform, for convolution kernels of the shape
/// (window, 1, frequencies / 2 + 1). Keras: keras.initializers.STFT.
class STFT : public Initializer {
 public:
  /// Throws ValueError for another side, scaling or window.
  STFT(STFTOptions options = {});
};

}  // namespace keras::initializers
