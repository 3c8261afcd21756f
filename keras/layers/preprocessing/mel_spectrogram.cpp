#include "keras/layers/preprocessing/mel_spectrogram.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/layers/base_options.h"
#include "keras/layers/layer_impl.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"

namespace keras::layers {
namespace {

double mel_of(double hertz) { return 1127.0 * std::log(1.0 + hertz / 700.0); }

/// Triangles over the frequencies, (frequencies, bins), in the manner of the Hidden Markov Model
/// Toolkit: straight on the mel scale, and without the lowest frequency.
std::vector<double> mel_weights(std::int64_t frequencies, const MelSpectrogramOptions& options,
                                double max_freq) {
  const std::int64_t bins = options.num_mel_bins;
  const double low = mel_of(options.min_freq);
  const double width = (mel_of(max_freq) - low) / static_cast<double>(bins + 1);
  std::vector<double> weights(static_cast<std::size_t>(frequencies * bins), 0.0);
  for (std::int64_t f = 1; f < frequencies; ++f) {
    const double mel = mel_of(static_cast<double>(f) * static_cast<double>(options.sampling_rate) /
                              2 / static_cast<double>(frequencies - 1));
    for (std::int64_t bin = 0; bin < bins; ++bin) {
      const double rise = (mel - low) / width - static_cast<double>(bin);
      weights[static_cast<std::size_t>(f * bins + bin)] = std::max(0.0, std::min(rise, 2.0 - rise));
    }
  }
  return weights;
}

ops::StftWindow window_from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return config.as_string();
  std::vector<double> values;
  for (const auto& value : config.as_list()) values.push_back(value.as_double());
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

class MelSpectrogramImpl final : public LayerImpl {
 public:
  explicit MelSpectrogramImpl(MelSpectrogramOptions options)
      : LayerImpl({"MelSpectrogram", options.name, options.trainable, options.dtype}),
        options_(std::move(options)) {
    for (const auto& [name, value] : {std::pair{"fft_length", options_.fft_length},
                                      {"sequence_stride", options_.sequence_stride},
                                      {"sequence_length", sequence_length()},
                                      {"sampling_rate", options_.sampling_rate},
                                      {"num_mel_bins", options_.num_mel_bins}})
      if (value < 1)
        throw ValueError(str("`", name, "` must be positive. Received: ", name, "=", value));
    if (options_.fft_length < sequence_length())
      throw ValueError(
          str("`fft_length` must be greater than or equal to `sequence_length`. Received: "
              "`sequence_length`=",
              sequence_length(), ", `fft_length`=", options_.fft_length, "."));
  }

  Tensor call(const Tensor& x, const CallContext&) override {
    if (x.rank() == 0) throw ValueError("MelSpectrogram needs audio of rank 1 or 2, not a scalar.");
    const DType dtype = compute_dtype() == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
    const ops::Complex spectrum =
        ops::stft(ops::cast(x, dtype), sequence_length(), options_.sequence_stride,
                  options_.fft_length, {.window = options_.window, .center = true});
    const Tensor power = ops::square(spectrum.real) + ops::square(spectrum.imag);
    const Tensor magnitude =
        options_.mag_exp == 2.0 ? power : ops::power(ops::sqrt(power), options_.mag_exp);
    const std::int64_t frequencies = options_.fft_length / 2 + 1;
    const Tensor weights = ops::cast(Tensor::from(mel_weights(frequencies, options_, max_freq()),
                                                  {frequencies, options_.num_mel_bins}),
                                     dtype);
    Tensor out = ops::matmul(magnitude, weights);
    if (options_.power_to_db) out = in_decibels(out);
    return ops::cast(ops::swapaxes(out, -1, -2), compute_dtype());
  }

  Config get_config() const override {
    Config config = LayerImpl::get_config();
    config.set("fft_length", options_.fft_length);
    config.set("sequence_stride", options_.sequence_stride);
    config.set("sequence_length", sequence_length());
    Config window;
    if (const auto* name = std::get_if<std::string>(&options_.window)) window = *name;
    if (const auto* values = std::get_if<Tensor>(&options_.window))
      window = Config::list_of(values->to_vector<double>());
    config.set("window", window);
    config.set("sampling_rate", options_.sampling_rate);
    config.set("num_mel_bins", options_.num_mel_bins);
    config.set("min_freq", options_.min_freq);
    config.set("max_freq",
               options_.max_freq ? Config(*options_.max_freq) : Config(options_.sampling_rate / 2));
    config.set("power_to_db", options_.power_to_db);
    config.set("top_db", options_.top_db);
    config.set("mag_exp", options_.mag_exp);
    config.set("min_power", options_.min_power);
    config.set("ref_power", options_.ref_power);
    return config;
  }

 private:
  std::int64_t sequence_length() const {
    return options_.sequence_length.value_or(options_.fft_length);
  }
  double max_freq() const {
    return options_.max_freq.value_or(static_cast<double>(options_.sampling_rate / 2));
  }

  Tensor in_decibels(const Tensor& power) const {
    const double reference = std::max(std::abs(options_.ref_power), options_.min_power);
    const Tensor decibels =
        ops::log10(ops::maximum(power, options_.min_power)) * 10.0 - 10.0 * std::log10(reference);
    return ops::maximum(decibels, ops::max(decibels) - options_.top_db);
  }

  MelSpectrogramOptions options_;
};

}  // namespace

MelSpectrogram::MelSpectrogram(MelSpectrogramOptions options)
    : Layer(std::make_shared<MelSpectrogramImpl>(std::move(options))) {}

MelSpectrogram MelSpectrogram::from_config(const Config& config) {
  ConfigReader reader("MelSpectrogram", config);
  MelSpectrogramOptions options;
  options.fft_length = reader.get_optional_int("fft_length").value_or(2048);
  options.sequence_stride = reader.get_optional_int("sequence_stride").value_or(512);
  options.sequence_length = reader.get_optional_int("sequence_length");
  if (config.contains("window")) options.window = window_from_config(reader.get("window"));
  options.sampling_rate = reader.get_optional_int("sampling_rate").value_or(16000);
  options.num_mel_bins = reader.get_optional_int("num_mel_bins").value_or(128);
  options.min_freq = reader.get("min_freq", 20.0);
  options.max_freq = reader.get_optional_double("max_freq");
  options.power_to_db = reader.get("power_to_db", true);
  options.top_db = reader.get("top_db", 80.0);
  options.mag_exp = reader.get("mag_exp", 2.0);
  options.min_power = reader.get("min_power", 1e-10);
  options.ref_power = reader.get("ref_power", 1.0);
  return MelSpectrogram(finish_options(reader, std::move(options)));
}

}  // namespace keras::layers
