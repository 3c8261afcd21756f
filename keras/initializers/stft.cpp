#include "keras/initializers/stft.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/window_functions.h"
#include "keras/ops/core.h"

namespace keras::initializers {
namespace {

class STFTImpl final : public InitializerImpl {
 public:
  explicit STFTImpl(STFTOptions options) : options_(std::move(options)) {
    if (options_.side != "real" && options_.side != "imag")
      throw ValueError(str("side should be 'real' or 'imag', not ", options_.side));
    if (const auto* name = std::get_if<std::string>(&options_.window))
      window_values(*name, 1, options_.periodic);
    const auto& scaling = options_.scaling;
    if (scaling && *scaling != "density" && *scaling != "spectrum")
      throw ValueError(
          str("Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling=",
              *scaling));
  }

  std::string class_name() const override { return "STFT"; }

  Config get_config() const override {
    Config window;
    if (const auto* name = std::get_if<std::string>(&options_.window)) window = *name;
    if (const auto* values = std::get_if<std::vector<double>>(&options_.window))
      window = Config::list_of(*values);
    return {{"side", options_.side},
            {"window", window},
            {"periodic", options_.periodic},
            {"scaling", options_.scaling ? Config(*options_.scaling) : Config()}};
  }

  Tensor call(const Shape& shape, DType dtype) const override {
    if (shape.rank() != 3 || shape[1] != 1)
      throw ValueError(
          str("STFT: the shape must be (frame_length, 1, frequencies). Received: shape=", shape));
    const auto length = static_cast<std::size_t>(shape[0]);
    const auto frequencies = static_cast<std::size_t>(shape[2]);
    const std::vector<double> window = scaled_window(static_cast<int>(length));
    std::vector<double> values;
    for (std::size_t time = 0; time < length; ++time)
      for (std::size_t k = 0; k < frequencies; ++k) {
        const double cycles =
            static_cast<double>(time * k) / (2 * static_cast<double>(frequencies) - 2);
        const double angle = -2 * std::numbers::pi * cycles;
        values.push_back(window[time] *
                         (options_.side == "real" ? std::cos(angle) : std::sin(angle)));
      }
    return ops::cast(Tensor::from(values, shape), dtype);
  }

 private:
  /// The window over its norm.
  std::vector<double> scaled_window(int length) const {
    std::vector<double> window(static_cast<std::size_t>(length), 1.0);
    if (std::holds_alternative<std::monostate>(options_.window)) return window;
    if (const auto* name = std::get_if<std::string>(&options_.window)) {
      window = window_values(*name, length, options_.periodic);
    } else {
      window = std::get<std::vector<double>>(options_.window);
    }
    if (window.size() != static_cast<std::size_t>(length))
      throw ValueError(
          str("The shape of `window` must be equal to [frame_length]. Received: window shape=(",
              window.size(), ",), frame_length=", length));
    double norm = 1;
    if (options_.scaling) {
      double squares = 0, sum = 0;
      for (const double value : window) {
        squares += value * value;
        sum += std::abs(value);
      }
      norm = *options_.scaling == "density" ? std::sqrt(squares) : sum;
    }
    for (double& value : window) value /= norm;
    return window;
  }

  STFTOptions options_;
};

}  // namespace

STFT::STFT(STFTOptions options)
    : Initializer(std::make_shared<const STFTImpl>(std::move(options))) {}

}  // namespace keras::initializers
