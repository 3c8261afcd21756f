#include "keras/quantizers/quantizers.h"

#include <algorithm>
#include <cmath>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/numpy.h"
#include "keras/utils/object_registry.h"

namespace keras::quantizers {
namespace {

Tensor rounded(const Tensor& x, const std::pair<int, int>& range, DType dtype) {
  return ops::cast(ops::clip(ops::round(x), range.first, range.second), dtype);
}

std::int64_t groups_in(std::int64_t rows, std::int64_t block_size) {
  return rows / block_size + (rows % block_size == 0 ? 0 : 1);
}

/// A tensor of bytes with `axis` in front. It is its own inverse for the axis 0 and a matrix.
Tensor in_front(const Tensor& x, int axis) {
  std::vector<int> order = {axis};
  for (int i = 0; i < x.rank(); ++i)
    if (i != axis) order.push_back(i);
  return ops::transpose(x, {.axes = order});
}

Tensor from_front(const Tensor& x, int axis) {
  std::vector<int> order;
  for (int i = 1; i < x.rank(); ++i) order.push_back(i);
  order.insert(order.begin() + axis, 0);
  return ops::transpose(x, {.axes = order});
}

int checked_axis(const Tensor& x, int axis, const char* function) {
  if (x.dtype() != DType::kInt8)
    throw TypeError(str(function, ": an int8 tensor is needed, received ", x.dtype(), "."));
  if (axis < -x.rank() || axis >= x.rank())
    throw ValueError(str(function, ": axis=", axis, " is out of range for shape ", x.shape(), "."));
  return axis < 0 ? axis + x.rank() : axis;
}

/// The low four bits as a signed number.
Tensor signed_half(const Tensor& x) {
  return ops::subtract(ops::bitwise_xor(ops::bitwise_and(x, 15), 8), 8);
}

}  // namespace

Quantized abs_max_quantize(const Tensor& inputs, const Axes& axis, AbsMaxQuantizeOptions options) {
  const Tensor largest = ops::max(ops::abs(inputs), {.axis = axis, .keepdims = true});
  const Tensor scale = ops::divide(options.value_range.second, largest + options.epsilon);
  return {rounded(inputs * scale, options.value_range, options.dtype), scale};
}

QuantizedGroups abs_max_quantize_grouped_with_zero_point(const Tensor& inputs,
                                                         std::int64_t block_size,
                                                         GroupedQuantizeOptions options) {
  if (block_size < 1)
    throw ValueError(
        str("block_size must be a positive integer. Received: block_size=", block_size));
  if (inputs.rank() != 2)
    throw ShapeError(str("A matrix is quantized in groups. Received: shape=", inputs.shape()));
  const auto [least, most] = options.value_range;
  const std::int64_t rows = inputs.shape()[0], columns = inputs.shape()[1];
  const std::int64_t groups = groups_in(rows, block_size);
  const Tensor padded = ops::pad(inputs, {{0, groups * block_size - rows}, {0, 0}});
  const Tensor blocks = ops::reshape(padded, {groups, block_size, columns});
  const Tensor low = ops::min(blocks, {.axis = 1, .keepdims = true});
  const Tensor high = ops::max(blocks, {.axis = 1, .keepdims = true});
  const Tensor scale = (high - low + options.epsilon) / static_cast<double>(most - least);
  const Tensor zero =
      ops::clip(ops::round(ops::negative(low) / scale) + static_cast<double>(least), least, most);
  const Tensor values =
      ops::cast(ops::clip(ops::round(blocks / scale) + zero, least, most), options.dtype);
  return {ops::slice_axis(ops::reshape(values, {groups * block_size, columns}), 0, 0, rows),
          ops::squeeze(scale, {.axis = 1}),
          ops::cast(ops::squeeze(zero, {.axis = 1}), DType::kInt8)};
}

Tensor dequantize_with_sz_map(const Tensor& values, const Tensor& scale, const Tensor& zero,
                              const Tensor& g_idx, int group_axis) {
  const Tensor groups = ops::cast(g_idx, DType::kInt32);
  const Tensor scales = ops::take(scale, groups, {.axis = group_axis});
  const Tensor zeros = ops::cast(ops::take(zero, groups, {.axis = group_axis}), scales.dtype());
  return (values - zeros) * scales;
}

Tensor pack_int4(const Tensor& values, int axis) {
  axis = checked_axis(values, axis, "pack_int4");
  // Shifting a byte to the left overflows.
  Tensor front = ops::cast(in_front(values, axis), DType::kInt32);
  const std::int64_t size = front.shape()[0];
  std::vector<std::pair<std::int64_t, std::int64_t>> widths(static_cast<std::size_t>(front.rank()));
  widths[0].second = size % 2;
  front = ops::pad(front, widths);
  const Tensor low = ops::slice_axis(front, 0, 0, size + size % 2, 2);
  const Tensor high = ops::slice_axis(front, 0, 1, size + size % 2, 2);
  const Tensor byte = ops::bitwise_and(low, 15) + ops::bitwise_and(high, 15) * 16;
  return from_front(ops::cast(ops::bitwise_xor(byte, 128) - 128, DType::kInt8), axis);
}

Tensor unpack_int4(const Tensor& packed, std::int64_t original_size, int axis) {
  axis = checked_axis(packed, axis, "unpack_int4");
  const Tensor front = in_front(packed, axis);
  const std::int64_t size = front.shape()[0];
  if (original_size < 0 || (original_size + 1) / 2 != size)
    throw ValueError(str("unpack_int4: ", size, " bytes along the axis do not hold ", original_size,
                         " numbers."));
  const Tensor pairs =
      ops::stack({signed_half(front), signed_half(ops::right_shift(front, 4))}, {.axis = 1});
  Shape shape = front.shape();
  shape[0] = 2 * size;
  return from_front(ops::slice_axis(ops::reshape(pairs, shape), 0, 0, original_size), axis);
}

AbsMaxQuantizer::AbsMaxQuantizer(AbsMaxQuantizerOptions options) : options_(std::move(options)) {
  const auto [least, most] = options_.value_range;
  if (options_.output_dtype != DType::kInt8)
    throw ValueError(
        str("AbsMaxQuantizer supports output_dtype='int8' only. Received: output_dtype=",
            options_.output_dtype));
  if (least < -128 || most > 127)
    throw ValueError(
        str("Quantizer with output_dtype='int8' requires value_range to be within the interval "
            "[-128, 127]. Received: value_range=(",
            least, ", ", most, ")"));
  if (least > most || most <= 0)
    throw ValueError(
        str("`value_range` must be an interval whose upper end is positive. "
            "Received: value_range=(",
            least, ", ", most, ")"));
  if (!(options_.epsilon >= 0) || !std::isfinite(options_.epsilon))
    throw ValueError(
        str("`epsilon` must be a finite number that is not negative. Received: epsilon=",
            options_.epsilon));
}

Quantized AbsMaxQuantizer::operator()(const Tensor& x, const Axes& axis) const {
  const Axes along = !axis.all() ? axis : options_.axis ? Axes(*options_.axis) : Axes(-1);
  return abs_max_quantize(x, along,
                          {options_.value_range, options_.output_dtype, options_.epsilon});
}

Config AbsMaxQuantizer::serialize() const {
  Config config = {
      {"value_range", Config::list({options_.value_range.first, options_.value_range.second})},
      {"epsilon", options_.epsilon},
      {"output_dtype", str(options_.output_dtype)}};
  if (options_.axis) config.set("axis", Config::list_of(*options_.axis));
  return serialize_object("keras.quantizers", "AbsMaxQuantizer", std::move(config));
}

AbsMaxQuantizer AbsMaxQuantizer::deserialize(const Config& config) {
  const ObjectDescription object = describe_object("quantizer", config);
  if (object.name != "AbsMaxQuantizer")
    throw ValueError(str("The quantizer ", object.name, " is not supported."),
                     "use AbsMaxQuantizer.");
  AbsMaxQuantizerOptions options;
  const auto integer = [](const Config& number) {
    // Far outside every range, so that it is refused there.
    return static_cast<int>(std::clamp<std::int64_t>(number.as_int(), -1000, 1000));
  };
  if (const Config* range = object.config.find("value_range"); range && !range->is_null())
    options.value_range = {integer(range->at(0)), integer(range->at(1))};
  if (const Config* axis = object.config.find("axis"); axis && !axis->is_null()) {
    options.axis.emplace();
    if (axis->is_list()) {
      for (const auto& one : axis->as_list()) options.axis->push_back(integer(one));
    } else {
      options.axis->push_back(integer(*axis));
    }
  }
  options.epsilon = object.config.get("epsilon", options.epsilon);
  options.output_dtype = dtype_from_name(object.config.get("output_dtype", "int8"));
  return AbsMaxQuantizer(std::move(options));
}

}  // namespace keras::quantizers
