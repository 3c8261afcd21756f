#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/ops/registry/recorded_call.h"

namespace keras::ops {
namespace {

constexpr const char* kNumpy = "keras.src.ops.numpy";
constexpr const char* kCore = "keras.src.ops.core";

std::optional<std::int64_t> bound(const Config& slice, const char* key) {
  const Config* value = slice.find(key);
  if (!value || value->is_null()) return std::nullopt;
  return value->as_int();
}

Index index_of(const Config& entry) {
  if (entry.is_null()) return newaxis;
  if (entry.is_int()) return entry.as_int();
  const std::string class_name = entry.get("class_name", "");
  if (class_name == "__ellipsis__") return ellipsis;
  if (class_name == "__slice__") {
    const Config& slice = entry.at("config");
    return Slice{bound(slice, "start"), bound(slice, "stop"), bound(slice, "step")};
  }
  throw ValueError(str("get_item: an entry of the key is not supported: ", entry.to_string()));
}

Tensors apply_get_item(const RecordedCall& call) {
  std::vector<Index> key;
  const Config* written = call.argument(1, "key");
  if (written && written->is_list()) {
    for (const auto& entry : written->as_list()) key.push_back(index_of(entry));
  } else {
    key.push_back(index_of(written ? *written : Config()));
  }
  return {get_item(call.tensor(0), key)};
}

std::vector<std::pair<std::int64_t, std::int64_t>> pad_width(const RecordedCall& call, int rank) {
  const Config& written = call.config().at("pad_width");
  if (written.is_int())
    return {static_cast<std::size_t>(rank), {written.as_int(), written.as_int()}};
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  for (const auto& pair : written.as_list())
    out.emplace_back(pair.at(std::size_t{0}).as_int(), pair.at(std::size_t{1}).as_int());
  if (out.size() == 1) out.assign(static_cast<std::size_t>(rank), std::pair(out[0]));
  return out;
}

Tensors apply_pad(const RecordedCall& call) {
  const Tensor x = call.tensor(0);
  const Config* value = call.argument(1, "constant_values");
  return {pad(x, pad_width(call, x.rank()),
              {.mode = call.config().get("mode", "constant"),
               .constant_values = value ? value->as_double() : 0})};
}

Tensors split_along(const RecordedCall& call, int axis) {
  const Config& parts = call.config().at("indices_or_sections");
  const SplitOptions options{.axis = axis};
  if (parts.is_int()) return split(call.tensor(0), static_cast<int>(parts.as_int()), options);
  return split(call.tensor(0), call.integers("indices_or_sections"), options);
}

Tensors apply_split(const RecordedCall& call) { return split_along(call, call.axis().value_or(0)); }

template <int axis>
Tensors apply_split_at(const RecordedCall& call) {
  return split_along(call, axis);
}

Tensors apply_hsplit(const RecordedCall& call) {
  return split_along(call, call.tensor(0).rank() == 1 ? 0 : 1);
}

Tensors apply_repeat(const RecordedCall& call) {
  const RepeatOptions options{.axis = call.axis()};
  if (call.config().at("repeats").is_int())
    return {repeat(call.tensor(0), call.config().at("repeats").as_int(), options)};
  return {repeat(call.tensor(0), call.integers("repeats"), options)};
}

StartIndices starts_of(const RecordedCall& call) {
  const Config* written = call.argument(1, "start_indices");
  if (written && written->is_list()) {
    std::vector<std::int64_t> numbers;
    for (const auto& item : written->as_list()) numbers.push_back(item.as_int());
    return numbers;
  }
  return call.tensor(1, "start_indices");
}

std::vector<int> axes_list(const RecordedCall& call, const char* key) {
  std::vector<int> out;
  for (const auto axis : call.integers(key)) out.push_back(static_cast<int>(axis));
  return out;
}

RegistryRow row(const char* name, Tensor (*function)(const RecordedCall& call),
                const char* module = kNumpy) {
  return {name, module, [function](const RecordedCall& call) { return Tensors{function(call)}; }};
}

using Call = const RecordedCall&;

DiagonalOptions diagonal_options(Call c) {
  return {.offset = c.integer("offset").value_or(0),
          .axis1 = c.axis("axis1").value_or(0),
          .axis2 = c.axis("axis2").value_or(1)};
}

std::vector<RegistryRow> shape_rows() {
  return {
      row("BroadcastTo", [](Call c) { return broadcast_to(c.tensor(0), c.shape("shape")); }),
      row("ExpandDims",
          [](Call c) { return expand_dims(c.tensor(0), {.axis = c.axis().value_or(0)}); }),
      row("Flip", [](Call c) { return flip(c.tensor(0), {.axis = c.axes()}); }),
      row("Moveaxis",
          [](Call c) {
            return moveaxis(c.tensor(0), axes_list(c, "source"), axes_list(c, "destination"));
          }),
      row("Reshape", [](Call c) { return reshape(c.tensor(0), c.shape("newshape")); }),
      row("Roll",
          [](Call c) { return roll(c.tensor(0), c.integers("shift"), {.axis = c.axes()}); }),
      row("Rot90",
          [](Call c) {
            const auto axes = axes_list(c, "axes");
            return rot90(c.tensor(0, "array"),
                         {.k = c.config().get("k", 1), .axes = {axes.at(0), axes.at(1)}});
          }),
      row("Fliplr", [](Call c) { return fliplr(c.tensor(0)); }),
      row("Flipud", [](Call c) { return flipud(c.tensor(0)); }),
      row("Squeeze", [](Call c) { return squeeze(c.tensor(0), {.axis = c.axes()}); }),
      row("Swapaxes",
          [](Call c) {
            return swapaxes(c.tensor(0), c.axis("axis1").value_or(0), c.axis("axis2").value_or(1));
          }),
      row("Tile", [](Call c) { return tile(c.tensor(0), c.integers("repeats")); }),
      row("Transpose", [](Call c) { return transpose(c.tensor(0), {.axes = c.axes("axes")}); }),
      {"Pad", kNumpy, apply_pad},
      {"Repeat", kNumpy, apply_repeat},
  };
}

std::vector<RegistryRow> joining_rows() {
  return {
      row("Append",
          [](Call c) { return append(c.tensor(0, "x1"), c.tensor(1, "x2"), {.axis = c.axis()}); }),
      row("Concatenate",
          [](Call c) {
            return concatenate(c.tensor_list(0, "xs"), {.axis = c.axis().value_or(0)});
          }),
      row("Dstack", [](Call c) { return dstack(c.tensor_list(0, "xs")); }),
      {"Dsplit", kNumpy, apply_split_at<2>},
      {"Hsplit", kNumpy, apply_hsplit},
      {"Vsplit", kNumpy, apply_split_at<0>},
      row("Hstack", [](Call c) { return hstack(c.tensor_list(0, "xs")); }),
      row("Stack",
          [](Call c) { return stack(c.tensor_list(0, "x"), {.axis = c.axis().value_or(0)}); }),
      row("Vstack", [](Call c) { return vstack(c.tensor_list(0, "xs")); }),
      {"ArraySplit", kNumpy,
       [](Call c) {
         return array_split(c.tensor(0), c.axis("indices_or_sections").value_or(1),
                            {.axis = c.axis().value_or(0)});
       }},
      {"Split", kNumpy, apply_split},
      {"Unstack", kCore,
       [](Call c) {
         return unstack(c.tensor(0), {.num = c.integer("num"), .axis = c.axis().value_or(0)});
       }},
  };
}

std::vector<RegistryRow> indexing_rows() {
  return {
      {"GetItem", kNumpy, apply_get_item},
      row("Take",
          [](Call c) { return take(c.tensor(0), c.tensor(1, "indices"), {.axis = c.axis()}); }),
      {"UnravelIndex", kNumpy,
       [](Call c) { return unravel_index(c.tensor(0, "indices"), c.shape("shape")); }},
      row("TakeAlongAxis",
          [](Call c) {
            return take_along_axis(c.tensor(0), c.tensor(1, "indices"), {.axis = c.axis()});
          }),
      row(
          "Scatter",
          [](Call c) {
            return scatter(c.tensor(0, "indices"), c.tensor(1, "values"), c.shape("shape"));
          },
          kCore),
      row(
          "ScatterUpdate",
          [](Call c) {
            return scatter_update(c.tensor(0, "inputs"), c.tensor(1, "indices"),
                                  c.tensor(2, "updates"),
                                  {.reduction = c.config().get("reduction", "")});
          },
          kCore),
      row(
          "Slice",
          [](Call c) { return slice(c.tensor(0, "inputs"), starts_of(c), c.shape("shape")); },
          kCore),
      row(
          "SliceUpdate",
          [](Call c) {
            return slice_update(c.tensor(0, "inputs"), starts_of(c), c.tensor(2, "updates"));
          },
          kCore),
  };
}

std::vector<RegistryRow> matrix_rows() {
  return {
      row("Diag", [](Call c) { return diag(c.tensor(0), {.k = c.integer("k").value_or(0)}); }),
      row("Diagflat",
          [](Call c) { return diagflat(c.tensor(0), {.k = c.integer("k").value_or(0)}); }),
      row("Diagonal", [](Call c) { return diagonal(c.tensor(0), diagonal_options(c)); }),
      row("Trace", [](Call c) { return trace(c.tensor(0), diagonal_options(c)); }),
      row("Tril", [](Call c) { return tril(c.tensor(0), {.k = c.integer("k").value_or(0)}); }),
      row("Triu", [](Call c) { return triu(c.tensor(0), {.k = c.integer("k").value_or(0)}); }),
  };
}

}  // namespace

std::vector<RegistryRow> array_rows() {
  std::vector<RegistryRow> rows;
  for (const auto& family : {shape_rows(), joining_rows(), indexing_rows(), matrix_rows()})
    rows.insert(rows.end(), family.begin(), family.end());
  return rows;
}

}  // namespace keras::ops
