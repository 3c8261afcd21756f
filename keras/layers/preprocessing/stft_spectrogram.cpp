#include "keras/layers/preprocessing/stft_spectrogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string_view>
#include <utility>

#include "keras/config/config.h"
#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/initializers/stft.h"
#include "keras/initializers/window_functions.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/nn.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

constexpr std::array<std::string_view, 7> kModes = {"log",  "magnitude", "psd", "real",
                                                    "imag", "angle",     "stft"};

void check_options(const STFTSpectrogramOptions& o) {
  if (o.frame_length < 1)
    throw ValueError(
        str("`frame_length` should be a positive integer. Received frame_length=", o.frame_length));
  if (o.frame_step && (*o.frame_step > o.frame_length || *o.frame_step < 1))
    throw ValueError(
        str("`frame_step` should be a positive integer not greater than `frame_length`. Received "
            "frame_step=",
            *o.frame_step, ", frame_length=", o.frame_length));
  if (o.fft_length && *o.fft_length < o.frame_length)
    throw ValueError(str(
        "`fft_length` should be not less than `frame_length`. Received fft_length=", *o.fft_length,
        ", frame_length=", o.frame_length));
  bool known = false;
  for (const auto mode : kModes) known = known || mode == o.mode;
  if (!known)
    throw ValueError(
        str("Output mode is invalid, it must be one of log, magnitude, psd, real, imag, angle, "
            "stft. Received: mode=",
            o.mode));
  if (o.scaling && *o.scaling != "density" && *o.scaling != "spectrum")
    throw ValueError(
        str("Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received scaling=",
            *o.scaling));
  if (o.padding != "valid" && o.padding != "same")
    throw ValueError(
        str("Padding is invalid, it should be 'valid', 'same'. Received: padding=", o.padding));
  if (const auto* name = std::get_if<std::string>(&o.window))
    initializers::window_values(*name, 1, o.periodic);
}

class STFTSpectrogramImpl final : public LayerImpl {
 public:
  explicit STFTSpectrogramImpl(STFTSpectrogramOptions options)
      : LayerImpl({"STFTSpectrogram", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    check_options(options_);
    if (options_.data_format.empty()) options_.data_format = config::image_data_format();
    if (options_.data_format != "channels_last" && options_.data_format != "channels_first")
      throw ValueError(
          str("The `data_format` argument must be one of \"channels_first\", \"channels_last\". "
              "Received: data_format=",
              options_.data_format));
    input_spec_ = {InputSpec{.ndim = 3}};
  }

  void build(const Shapes&) override {
    const std::int64_t fft_length = options_.fft_length.value_or(
        static_cast<int>(std::bit_ceil(static_cast<unsigned>(options_.frame_length))));
    const Shape shape = {options_.frame_length, 1, fft_length / 2 + 1};
    const auto kernel = [&](const char* side) {
      return initializers::STFT({.side = side,
                                 .window = options_.window,
                                 .scaling = options_.scaling,
                                 .periodic = options_.periodic});
    };
    if (options_.mode != "imag")
      real_kernel_ = add_weight("real_kernel", shape, {.initializer = kernel("real")});
    if (options_.mode != "real")
      imag_kernel_ = add_weight("imag_kernel", shape, {.initializer = kernel("imag")});
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (!is_float(x.dtype()) || x.dtype() == DType::kBfloat16)
      throw DtypeError(
          str("Invalid input type. Expected `float16`, `float32` or `float64`. "
              "Received: input type=",
              x.dtype()));
    const std::string& mode = options_.mode;
    if (mode == "real") return arranged(convolved(x, real_kernel_));
    if (mode == "imag") return arranged(convolved(x, imag_kernel_));
    const Tensor real = convolved(x, real_kernel_), imag = convolved(x, imag_kernel_);
    if (mode == "angle") return arranged(ops::arctan2(imag, real));
    if (mode == "stft") return arranged(ops::concatenate({real, imag}, {.axis = 2}));
    const Tensor power = ops::square(real) + ops::square(imag);
    if (mode == "psd") {
      // All frequencies but the first and the last stand for negative ones, too.
      const Tensor inner = ops::slice_axis(power, 2, 1, power.shape()[2] - 1);
      return arranged(power + ops::pad(inner, {{0, 0}, {0, 0}, {1, 1}, {0, 0}}));
    }
    const Tensor magnitude = arranged(ops::sqrt(ops::maximum(power, config::epsilon())));
    if (mode == "magnitude") return magnitude;
    return ops::log(ops::maximum(magnitude, config::epsilon()));
  }

  Config get_config() const override {
    const auto number = [](const std::optional<int>& value) {
      return value ? Config(*value) : Config();
    };
    Config window;
    if (const auto* name = std::get_if<std::string>(&options_.window)) window = *name;
    if (const auto* values = std::get_if<std::vector<double>>(&options_.window))
      window = Config::list_of(*values);
    Config config = LayerImpl::get_config();
    config.set("mode", options_.mode);
    config.set("frame_length", options_.frame_length);
    config.set("frame_step", number(options_.frame_step));
    config.set("fft_length", number(options_.fft_length));
    config.set("window", window);
    config.set("periodic", options_.periodic);
    config.set("scaling", options_.scaling ? Config(*options_.scaling) : Config());
    config.set("padding", options_.padding);
    config.set("data_format", options_.data_format);
    config.set("expand_dims", options_.expand_dims);
    return config;
  }

 private:
  bool channels_last() const { return options_.data_format == "channels_last"; }

  /// Each channel by itself: (batch, channels, frequencies, time).
  Tensor convolved(const Tensor& x, const Variable& weight) const {
    const std::int64_t channels = x.shape()[channels_last() ? 2 : 1];
    const std::int64_t samples = x.shape()[channels_last() ? 1 : 2];
    const Tensor signals = channels_last() ? ops::transpose(x, {.axes = {0, 2, 1}}) : x;
    const Tensor out =
        ops::conv(ops::reshape(signals, {-1, samples, 1}), ops::cast(weight.value(), x.dtype()),
                  {.strides = options_.frame_step.value_or(std::max(1, options_.frame_length / 2)),
                   .padding = options_.padding,
                   .data_format = "channels_last"});
    const std::int64_t time = out.shape()[1], frequencies = out.shape()[2];
    return ops::reshape(ops::transpose(out, {.axes = {0, 2, 1}}),
                        {-1, channels, frequencies, time});
  }

  Tensor arranged(const Tensor& x) const {
    if (options_.expand_dims)
      return channels_last() ? ops::transpose(x, {.axes = {0, 3, 2, 1}})
                             : ops::transpose(x, {.axes = {0, 1, 3, 2}});
    const Tensor flat = ops::reshape(x, {-1, x.shape()[1] * x.shape()[2], x.shape()[3]});
    return channels_last() ? ops::transpose(flat, {.axes = {0, 2, 1}}) : flat;
  }

  STFTSpectrogramOptions options_;
  Variable real_kernel_;
  Variable imag_kernel_;
};

std::optional<int> optional_int(ConfigReader& reader, const char* key) {
  if (reader.get(key).is_null()) return {};
  return reader.require_int(key);
}

}  // namespace

STFTSpectrogram::STFTSpectrogram(STFTSpectrogramOptions options)
    : Layer(std::make_shared<STFTSpectrogramImpl>(std::move(options))) {}

STFTSpectrogram STFTSpectrogram::from_config(const Config& config) {
  ConfigReader reader("STFTSpectrogram", config);
  STFTSpectrogramOptions options;
  options.mode = reader.get("mode", "log");
  options.frame_length = reader.get("frame_length", 256);
  options.frame_step = optional_int(reader, "frame_step");
  options.fft_length = optional_int(reader, "fft_length");
  if (const Config& window = reader.get("window"); window.is_string()) {
    options.window = window.as_string();
  } else if (window.is_list()) {
    std::vector<double> values;
    for (const auto& value : window.as_list()) values.push_back(value.as_double());
    options.window = std::move(values);
  } else if (!window.is_null()) {
    throw ValueError(str(
        "STFTSpectrogram: `window` must be a name or a list of values. Received: window=", window));
  } else if (config.contains("window")) {
    options.window = std::monostate();
  }
  options.periodic = reader.get("periodic", false);
  if (config.contains("scaling")) {
    const Config& scaling = reader.get("scaling");
    options.scaling = scaling.is_null() ? std::optional<std::string>() : scaling.as_string();
  }
  options.padding = reader.get("padding", "valid");
  options.expand_dims = reader.get("expand_dims", false);
  options.data_format = reader.get("data_format", "");
  return STFTSpectrogram(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
