#include "keras/ops/numpy.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
using Call = const RecordedCall&;

RegistryRow row(const char* name, Tensor (*function)(const RecordedCall& call)) {
  return {name, kNumpy, [function](Call call) { return Tensors{function(call)}; }};
}

SpaceOptions space_options(Call c) {
  return {.num = c.integer("num").value_or(50),
          .endpoint = c.flag("endpoint", true),
          .dtype = c.dtype(),
          .axis = c.axis().value_or(0)};
}

}  // namespace

std::vector<RegistryRow> creation_rows() {
  return {
      row("Array", [](Call c) { return c.dtype() ? cast(c.tensor(0), *c.dtype()) : c.tensor(0); }),
      row("EmptyLike", [](Call c) { return empty_like(c.tensor(0), c.dtype()); }),
      row("FullLike",
          [](Call c) { return full_like(c.tensor(0), c.tensor(1, "fill_value"), c.dtype()); }),
      row("OnesLike", [](Call c) { return ones_like(c.tensor(0), c.dtype()); }),
      row("ZerosLike", [](Call c) { return zeros_like(c.tensor(0), c.dtype()); }),
      row("Geomspace",
          [](Call c) {
            return geomspace(c.tensor(0, "start"), c.tensor(1, "stop"), space_options(c));
          }),
      row("Linspace",
          [](Call c) {
            return linspace(c.tensor(0, "start"), c.tensor(1, "stop"), space_options(c));
          }),
      row("Logspace",
          [](Call c) {
            const SpaceOptions o = space_options(c);
            return logspace(c.tensor(0, "start"), c.tensor(1, "stop"),
                            {.num = o.num,
                             .endpoint = o.endpoint,
                             .base = c.number("base").value_or(10),
                             .dtype = o.dtype,
                             .axis = o.axis});
          }),
      {"Meshgrid", kNumpy,
       [](Call c) {
         return meshgrid(c.positional(), {.indexing = c.config().get("indexing", "xy")});
       }},
      row("Vander",
          [](Call c) {
            return vander(c.tensor(0), {.N = c.integer("N"), .increasing = c.flag("increasing")});
          }),
  };
}

}  // namespace keras::ops
