#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/math.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check_lengths(std::int64_t sequence_length, std::int64_t sequence_stride,
                   std::int64_t fft_length) {
  if (sequence_length < 1 || sequence_stride < 1)
    throw ValueError(
        str("`sequence_length` and `sequence_stride` must be positive. Received: sequence_length=",
            sequence_length, ", sequence_stride=", sequence_stride));
  if (fft_length < sequence_length)
    throw ValueError(
        str("`fft_length` must equal or larger than `sequence_length`. Received: sequence_length=",
            sequence_length, ", fft_length=", fft_length));
}

/// One period of a cosine window.
std::vector<double> named_window(const std::string& name, std::int64_t length) {
  if (name != "hann" && name != "hamming")
    throw ValueError(
        str("If a string is passed to `window`, it must be one of `\"hann\"`, `\"hamming\"`. "
            "Received: window=",
            name));
  const double mean = name == "hann" ? 0.5 : 0.54;
  std::vector<double> values;
  for (std::int64_t i = 0; i < length; ++i)
    values.push_back(
        length == 1 ? 1.0
                    : mean - (1 - mean) * std::cos(2 * std::numbers::pi * static_cast<double>(i) /
                                                   static_cast<double>(length)));
  return values;
}

/// The window in the middle of `fft_length` values; ones everywhere where there is none.
Tensor padded_window(const StftWindow& window, std::int64_t sequence_length,
                     std::int64_t fft_length, DType dtype) {
  std::vector<double> values(static_cast<std::size_t>(fft_length), 1.0);
  if (!std::holds_alternative<std::monostate>(window)) {
    const auto* name = std::get_if<std::string>(&window);
    const std::vector<double> given =
        name ? named_window(*name, sequence_length) : std::get<Tensor>(window).to_vector<double>();
    if (static_cast<std::int64_t>(given.size()) != sequence_length)
      throw ValueError(
          str("The shape of `window` must be equal to [sequence_length]. Received: window shape=(",
              given.size(), ",)"));
    values.assign(values.size(), 0.0);
    std::copy(given.begin(), given.end(), values.begin() + (fft_length - sequence_length) / 2);
  }
  return cast(Tensor::from(values, {fft_length}), dtype);
}

Config window_config(const StftWindow& window) {
  if (const auto* name = std::get_if<std::string>(&window)) return *name;
  if (const auto* values = std::get_if<Tensor>(&window))
    return Config::list_of(values->to_vector<double>());
  return nullptr;
}

Tensors transform(const Tensor& x, std::int64_t sequence_length, std::int64_t sequence_stride,
                  std::int64_t fft_length, const StftOptions& o) {
  if (x.dtype() != DType::kFloat32 && x.dtype() != DType::kFloat64)
    throw ValueError(str(
        "Invalid input type. Expected `float32` or `float64`. Received: input type=", x.dtype()));
  if (x.rank() == 0) throw ValueError("stft: Input should have rank >= 1. Received a scalar.");
  Tensor signal = x;
  if (o.center) {
    std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()));
    widths.back() = {fft_length / 2, fft_length / 2};
    signal = pad(x, widths, {.mode = "reflect"});
  }
  const Tensor frames = extract_sequences(signal, fft_length, sequence_stride);
  const Complex out =
      rfft(frames * padded_window(o.window, sequence_length, fft_length, x.dtype()));
  return {out.real, out.imag};
}

/// Sums frames of (…, frames, length), each a stride after the one before.
Tensor overlap_add(const Tensor& frames, std::int64_t stride) {
  const Shape& shape = frames.shape();
  const std::int64_t count = shape[-2], length = shape[-1];
  std::vector<std::int32_t> places;
  for (std::int64_t frame = 0; frame < count; ++frame)
    for (std::int64_t i = 0; i < length; ++i)
      places.push_back(static_cast<std::int32_t>(frame * stride + i));
  const Tensor rows = reshape(frames, {-1, count * length});
  const Tensor sums = segment_sum(transpose(rows), Tensor::from(places, {count * length}),
                                  length + stride * (count - 1));
  Shape out = shape.slice(0, shape.rank() - 2);
  out.push_back(length + stride * (count - 1));
  return reshape(transpose(sums), out);
}

Tensor inverse(const Tensors& parts, std::int64_t sequence_length, std::int64_t sequence_stride,
               std::int64_t fft_length, const IstftOptions& o) {
  if (parts[0].rank() < 2)
    throw ValueError(
        str("Input `x` must have at least 2 dimensions. Received shape: ", parts[0].shape()));
  const Tensor window = padded_window(o.window, sequence_length, fft_length, parts[0].dtype());
  const Tensor frames = irfft({parts[0], parts[1]}, {.fft_length = fft_length});
  const std::int64_t count = parts[0].shape()[-2];
  const Tensor norm =
      overlap_add(broadcast_to(square(window), {count, fft_length}), sequence_stride);
  Tensor signal = overlap_add(frames * window, sequence_stride) /
                  where(greater(norm, 1e-10), norm, ones_like(norm));
  // What Keras gives without a window.
  if (std::holds_alternative<std::monostate>(o.window))
    signal = signal * (static_cast<double>(fft_length) / static_cast<double>(sequence_stride));
  const int last = signal.rank() - 1;
  const std::int64_t size = signal.shape()[last];
  const std::int64_t begin = o.center ? fft_length / 2 : 0;
  const std::int64_t end = o.length ? begin + *o.length : size - begin;
  return slice_axis(signal, last, std::min(begin, size), std::clamp(end, begin, size));
}

}  // namespace

Complex stft(const Tensor& x, std::int64_t sequence_length, std::int64_t sequence_stride,
             std::int64_t fft_length, StftOptions o) {
  check_lengths(sequence_length, sequence_stride, fft_length);
  const auto function = [=](const Tensors& in) {
    return transform(in[0], sequence_length, sequence_stride, fft_length, o);
  };
  const Config config = {{"sequence_length", sequence_length},
                         {"sequence_stride", sequence_stride},
                         {"fft_length", fft_length},
                         {"window", window_config(o.window)},
                         {"center", o.center}};
  const Tensors out = x.is_symbolic() ? record_op("STFT", {x}, config, function) : function({x});
  return {out[0], out[1]};
}

Tensor istft(const Complex& x, std::int64_t sequence_length, std::int64_t sequence_stride,
             std::int64_t fft_length, IstftOptions o) {
  check_lengths(sequence_length, sequence_stride, fft_length);
  const auto function = [=](const Tensors& in) {
    return Tensors{inverse(in, sequence_length, sequence_stride, fft_length, o)};
  };
  const Tensors parts = {x.real, x.imag};
  if (!any_symbolic(parts)) return function(parts)[0];
  const Config config = {
      {"sequence_length", sequence_length}, {"sequence_stride", sequence_stride},
      {"fft_length", fft_length},           {"length", o.length ? Config(*o.length) : Config()},
      {"window", window_config(o.window)},  {"center", o.center}};
  const auto reference = [](int i) { return Config{{"tensor", i}}; };
  return record_op("ISTFT", parts, config, function,
                   {{"args", Config::list({Config::list({reference(0), reference(1)})})},
                    {"kwargs", Config::dict()}})[0];
}

}  // namespace keras::ops
