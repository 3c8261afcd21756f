#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/math.h"
#include "keras/ops/op_list.h"
#include "keras/ops/record.h"
#include "keras/ops/signal/dft.h"

namespace keras::ops {

const engine::Op dft_op = engine::define_op<DftAttrs>({
    .name = "dft",
    .infer =
        [](const Specs& in, const DftAttrs&) {
          if (in[0].shape != in[1].shape || in[0].dtype != in[1].dtype)
            throw ValueError(
                str("Both the real and imaginary parts should have the same shape and dtype. "
                    "Received: ",
                    in[0], " and ", in[1]));
          if (in[0].shape.rank() == 0 || !is_float(in[0].dtype))
            throw ValueError(
                str("A Fourier transform needs float tensors with at least one axis. Received: ",
                    in[0]));
          return Specs{in[0], in[1]};
        },
    // The matrix of the transform is symmetric; its conjugate is that of the other direction.
    .gradient =
        [](const engine::Backward& b, const DftAttrs& attrs) {
          Tensors dy;
          for (int i = 0; i < 2; ++i)
            dy.push_back(b.cotangent(i).defined() ? b.cotangent(i) : zeros_like(b.output(i)));
          return emit_all(dft_op, dy, DftAttrs{!attrs.inverse});
        },
});

namespace {

Config pair_argument() {
  const auto reference = [](int i) { return Config{{"tensor", i}}; };
  return {{"args", Config::list({Config::list({reference(0), reference(1)})})},
          {"kwargs", Config::dict()}};
}

Complex run_or_record(const char* class_name, const Complex& x,
                      const std::function<Tensors(const Tensors&)>& function) {
  const Tensors parts = {x.real, x.imag};
  const Tensors out = any_symbolic(parts)
                          ? record_op(class_name, parts, Config::dict(), function, pair_argument())
                          : function(parts);
  return {out[0], out[1]};
}

Tensors dft(const Tensors& parts, bool inverse) {
  return emit_all(dft_op, parts, DftAttrs{inverse});
}

Tensors dft2(const Tensors& parts, bool inverse) {
  if (parts[0].rank() < 2)
    throw ValueError(
        str("fft2: Input should have rank >= 2. Received: input.shape = ", parts[0].shape()));
  Tensors rows = dft(parts, inverse);
  for (auto& part : rows) part = swapaxes(part, -1, -2);
  Tensors columns = dft(rows, inverse);
  for (auto& part : columns) part = swapaxes(part, -1, -2);
  return columns;
}

/// Cut to the length, or filled up with zeros.
Tensor with_length(const Tensor& x, std::int64_t length) {
  const int last = x.rank() - 1;
  const std::int64_t has = x.shape()[last];
  if (has == length) return x;
  if (has > length) return slice_axis(x, last, 0, length);
  std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(x.rank()));
  widths.back().second = length - has;
  return pad(x, widths);
}

std::int64_t checked_length(const char* where, std::int64_t length) {
  if (length < 1)
    throw ValueError(str(where, ": fft_length must be positive. Received: fft_length=", length));
  return length;
}

Tensors real_transform(const Tensor& x, std::optional<std::int64_t> length) {
  if (x.rank() == 0) throw ValueError("rfft: Input should have rank >= 1. Received a scalar.");
  const Tensor real = is_float(x.dtype()) ? x : cast(x, DType::kFloat32);
  const std::int64_t n = checked_length("rfft", length.value_or(real.shape()[-1]));
  const Tensor padded = with_length(real, n);
  Tensors parts = dft({padded, zeros_like(padded)}, false);
  for (auto& part : parts) part = slice_axis(part, part.rank() - 1, 0, n / 2 + 1);
  return parts;
}

/// The frequencies above the middle mirror those below it, conjugated.
Tensor inverse_real_transform(const Tensors& parts, std::optional<std::int64_t> length) {
  if (parts[0].rank() == 0)
    throw ValueError("irfft: Input should have rank >= 1. Received a scalar.");
  const int last = parts[0].rank() - 1;
  const std::int64_t n = checked_length("irfft", length.value_or(2 * (parts[0].shape()[last] - 1)));
  const std::int64_t half = n / 2 + 1;
  Tensors whole;
  for (int i = 0; i < 2; ++i) {
    const Tensor low = with_length(parts[static_cast<std::size_t>(i)], half);
    const Tensor mirrored = flip(slice_axis(low, last, 1, n - half + 1), {.axis = last});
    whole.push_back(concatenate({low, i == 0 ? mirrored : -mirrored}, {.axis = last}));
  }
  return dft(whole, true)[0] / static_cast<double>(n);
}

Config length_config(const std::optional<std::int64_t>& length) {
  return {{"fft_length", length ? Config(*length) : Config()}};
}

}  // namespace

Complex fft(const Complex& x) {
  return run_or_record("FFT", x, [](const Tensors& in) { return dft(in, false); });
}

Complex fft2(const Complex& x) {
  return run_or_record("FFT2", x, [](const Tensors& in) { return dft2(in, false); });
}

Complex ifft2(const Complex& x) {
  return run_or_record("IFFT2", x, [](const Tensors& in) {
    Tensors out = dft2(in, true);
    const auto count = static_cast<double>(in[0].shape()[-1] * in[0].shape()[-2]);
    for (auto& part : out) part = part / count;
    return out;
  });
}

Complex rfft(const Tensor& x, RfftOptions o) {
  const auto function = [o](const Tensors& in) { return real_transform(in[0], o.fft_length); };
  const Tensors out = x.is_symbolic()
                          ? record_op("RFFT", {x}, length_config(o.fft_length), function)
                          : function({x});
  return {out[0], out[1]};
}

Tensor irfft(const Complex& x, RfftOptions o) {
  const Tensors parts = {x.real, x.imag};
  const auto function = [o](const Tensors& in) {
    return Tensors{inverse_real_transform(in, o.fft_length)};
  };
  if (!any_symbolic(parts)) return function(parts)[0];
  return record_op("IRFFT", parts, length_config(o.fft_length), function, pair_argument())[0];
}

}  // namespace keras::ops
