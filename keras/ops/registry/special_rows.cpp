#include "keras/ops/ctc.h"
#include "keras/ops/einops.h"
#include "keras/ops/registry/recorded_call.h"
#include "keras/ops/special.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kMath = "keras.src.ops.math";
constexpr const char* kNN = "keras.src.ops.nn";
using Call = const RecordedCall&;

RegistryRow unary(const char* name, Tensor (*function)(const Tensor&),
                  const char* module = kNumpy) {
  return {name, module, [function](Call c) { return Tensors{function(c.tensor(0))}; }};
}

RegistryRow binary(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return {name, kNumpy,
          [function](Call c) { return Tensors{function(c.tensor(0, "x1"), c.tensor(1, "x2"))}; }};
}

std::string text(Call c, const char* key, const char* fallback) {
  const Config* value = c.config().find(key);
  return value && !value->is_null() ? value->as_string() : std::string(fallback);
}

Tensors rearranged(Call c, const Config& arguments) {
  AxesLengths lengths;
  if (const Config* given = arguments.find("kwargs"))
    for (const auto& [name, value] : given->as_dict())
      if (name != "tensor" && name != "pattern" && value.is_int()) lengths[name] = value.as_int();
  return {rearrange(c.tensor(0, "tensor"), c.argument(1, "pattern")->as_string(), lengths)};
}

Tensors decoded(Call c) {
  const CtcDecoded found = ctc_decode(c.tensor(0, "inputs"), c.tensor(1, "sequence_lengths"),
                                      {.strategy = text(c, "strategy", "greedy"),
                                       .beam_width = c.integer("beam_width").value_or(100),
                                       .top_paths = c.integer("top_paths").value_or(1),
                                       .merge_repeated = c.flag("merge_repeated", true),
                                       .mask_index = c.integer("mask_index").value_or(0)});
  return {found.labels, found.scores};
}

}  // namespace

std::vector<RegistryRow> special_rows() {
  return {
      unary("Angle", angle),
      unary("Conj", conj),
      unary("Conjugate", conjugate),
      unary("Corrcoef", corrcoef),
      unary("Erfinv", erfinv, kMath),
      unary("I0", i0),
      unary("Imag", imag),
      unary("Real", real),
      binary("Gcd", gcd),
      binary("Lcm", lcm),
      binary("Nextafter", nextafter),
      {"Correlate", kNumpy,
       [](Call c) {
         return Tensors{
             correlate(c.tensor(0, "x1"), c.tensor(1, "x2"), {text(c, "mode", "valid")})};
       }},
      {"View", kNumpy,
       [](Call c) { return Tensors{view(c.tensor(0), c.dtype().value_or(c.tensor(0).dtype()))}; }},
      {"Rearrange", "keras.src.ops.einops", [](Call c) { return rearranged(c, c.arguments()); }},
      {"CTCLoss", kNN,
       [](Call c) {
         return Tensors{ctc_loss(c.tensor(0, "target"), c.tensor(1, "output"),
                                 c.tensor(2, "target_length"), c.tensor(3, "output_length"),
                                 {c.integer("mask_index").value_or(0)})};
       }},
      {"CTCDecode", kNN, decoded},
  };
}

}  // namespace keras::ops
