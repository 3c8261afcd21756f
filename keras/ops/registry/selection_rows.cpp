#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/registry/recorded_call.h"
#include "keras/ops/selection.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";

Tensors apply_unique(const RecordedCall& call) {
  for (const char* key : {"axis", "size", "fill_value"})
    if (const Config* value = call.config().find(key); value && !value->is_null())
      throw ValueError(
          str("unique: `", key, "` is not supported, received ", value->to_string(), "."));
  const Unique found = unique(call.tensor(0));
  Tensors out = {found.values};
  if (call.flag("return_index")) out.push_back(found.index);
  if (call.flag("return_inverse")) out.push_back(found.inverse);
  if (call.flag("return_counts")) out.push_back(found.counts);
  return out;
}

}  // namespace

std::vector<RegistryRow> selection_rows() {
  return {
      {"IsIn", kNumpy,
       [](const RecordedCall& call) {
         return Tensors{
             isin(call.tensor(0, "x1"), call.tensor(1, "x2"),
                  {.assume_unique = call.flag("assume_unique"), .invert = call.flag("invert")})};
       }},
      {"Nonzero", kNumpy, [](const RecordedCall& call) { return nonzero(call.tensor(0)); }},
      {"Unique", kNumpy, apply_unique},
  };
}

}  // namespace keras::ops
