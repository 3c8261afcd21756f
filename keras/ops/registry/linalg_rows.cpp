#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/linalg.h"
#include "keras/ops/math.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kMath = "keras.src.ops.math";
using Call = const RecordedCall&;

RegistryRow product(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return {name, kNumpy,
          [function](Call c) { return Tensors{function(c.tensor(0, "x1"), c.tensor(1, "x2"))}; }};
}

std::vector<int> numbers(const Config& value) {
  if (value.is_int()) return {static_cast<int>(value.as_int())};
  std::vector<int> out;
  for (const auto& item : value.as_list()) out.push_back(static_cast<int>(item.as_int()));
  return out;
}

Tensors apply_tensordot(Call c) {
  const Tensor x1 = c.tensor(0, "x1"), x2 = c.tensor(1, "x2");
  const Config& axes = c.config().at("axes");
  if (axes.is_int()) return {tensordot(x1, x2, static_cast<int>(axes.as_int()))};
  return {tensordot(x1, x2, numbers(axes.at(std::size_t{0})), numbers(axes.at(std::size_t{1})))};
}

Tensors apply_cross(Call c) {
  const std::optional<int> all = c.axis();
  const auto along = [&](const char* key) { return all.value_or(c.axis(key).value_or(-1)); };
  const auto moved = [](const Tensor& x, int from, int to) {
    return from == to ? x : moveaxis(x, from, to);
  };
  const Tensor out = cross(moved(c.tensor(0, "x1"), along("axisa"), -1),
                           moved(c.tensor(1, "x2"), along("axisb"), -1));
  return {moved(out, -1, along("axisc"))};
}

Complex complex_of(Call c) {
  const Tensors parts = c.tensor_list(0, "x");
  if (parts.size() != 2)
    throw ValueError(
        str("Input `x` should be a tuple of two tensors - real and imaginary. Received ",
            parts.size(), " tensors."));
  return {parts[0], parts[1]};
}

Tensors tensors_of(const Complex& x) { return {x.real, x.imag}; }

StftWindow window_of(const Config& config) {
  const Config* window = config.find("window");
  if (!window || window->is_null()) return {};
  if (window->is_string()) return window->as_string();
  std::vector<double> values;
  for (const auto& value : window->as_list()) values.push_back(value.as_double());
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

}  // namespace

std::vector<RegistryRow> signal_rows() {
  return {
      {"FFT", kMath, [](Call c) { return tensors_of(fft(complex_of(c))); }},
      {"FFT2", kMath, [](Call c) { return tensors_of(fft2(complex_of(c))); }},
      {"IFFT2", kMath, [](Call c) { return tensors_of(ifft2(complex_of(c))); }},
      {"IRFFT", kMath,
       [](Call c) {
         return Tensors{irfft(complex_of(c), {.fft_length = c.integer("fft_length")})};
       }},
      {"ISTFT", kMath,
       [](Call c) {
         return Tensors{istft(complex_of(c), c.config().at("sequence_length").as_int(),
                              c.config().at("sequence_stride").as_int(),
                              c.config().at("fft_length").as_int(),
                              {.length = c.integer("length"),
                               .window = window_of(c.config()),
                               .center = c.flag("center", true)})};
       }},
      {"RFFT", kMath,
       [](Call c) {
         return tensors_of(rfft(c.tensor(0), {.fft_length = c.integer("fft_length")}));
       }},
      {"STFT", kMath,
       [](Call c) {
         return tensors_of(
             stft(c.tensor(0), c.config().at("sequence_length").as_int(),
                  c.config().at("sequence_stride").as_int(), c.config().at("fft_length").as_int(),
                  {.window = window_of(c.config()), .center = c.flag("center", true)}));
       }},
  };
}

std::vector<RegistryRow> linalg_rows() {
  return {
      product("Dot", dot),
      product("Inner", inner),
      product("Kron", kron),
      product("Matmul", matmul),
      product("Outer", outer),
      product("Vdot", vdot),
      {"CDist", kMath, [](Call c) { return Tensors{cdist(c.tensor(0), c.tensor(1, "y"))}; }},
      {"Cross", kNumpy, apply_cross},
      {"Einsum", kNumpy,
       [](Call c) {
         return Tensors{einsum(c.config().at("subscripts").as_string(), c.positional())};
       }},
      {"ExtractSequences", kMath,
       [](Call c) {
         return Tensors{extract_sequences(c.tensor(0), c.config().at("sequence_length").as_int(),
                                          c.config().at("sequence_stride").as_int())};
       }},
      {"Tensordot", kNumpy, apply_tensordot},
  };
}

}  // namespace keras::ops
