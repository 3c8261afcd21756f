#include "keras/ops/shape/layout.h"

#include <cstring>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/odometer.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;

/// Copies elements to the output, in its order, from where the strides lead in the input.
void gather(const KernelCall& call, const Buffers& buffers, std::vector<std::int64_t> strides,
            std::int64_t start = 0) {
  const auto element = static_cast<std::int64_t>(dtype_size(call.outputs[0].dtype));
  const auto* from = static_cast<const std::byte*>(buffers.inputs[0]);
  auto* to = static_cast<std::byte*>(buffers.outputs[0]);
  const std::int64_t count = call.outputs[0].shape.size();
  Odometer place(call.outputs[0].shape, std::move(strides), start);
  for (std::int64_t i = 0; i < count; ++i, place.advance())
    std::memcpy(to + i * element, from + place.offset() * element,
                static_cast<std::size_t>(element));
}

void run_transpose(const KernelCall& call, const Buffers& buffers) {
  const auto own = row_major_strides(call.inputs[0].shape);
  std::vector<std::int64_t> strides;
  for (const int axis : call.attrs.as<ops::TransposeAttrs>().order)
    strides.push_back(own[static_cast<std::size_t>(axis)]);
  gather(call, buffers, std::move(strides));
}

void run_broadcast(const KernelCall& call, const Buffers& buffers) {
  gather(call, buffers, broadcast_strides(call.inputs[0].shape, call.outputs[0].shape));
}

void run_slice(const KernelCall& call, const Buffers& buffers) {
  const auto& attrs = call.attrs.as<ops::SliceAttrs>();
  auto strides = row_major_strides(call.inputs[0].shape);
  std::int64_t start = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    start += attrs.start[i] * strides[i];
    strides[i] *= attrs.step[i];
  }
  gather(call, buffers, std::move(strides), start);
}

void run_flip(const KernelCall& call, const Buffers& buffers) {
  auto strides = row_major_strides(call.inputs[0].shape);
  std::int64_t start = 0;
  for (const int axis : call.attrs.as<ops::FlipAttrs>().axes) {
    const auto i = static_cast<std::size_t>(axis);
    start += (call.inputs[0].shape[axis] - 1) * strides[i];
    strides[i] = -strides[i];
  }
  gather(call, buffers, std::move(strides), start);
}

void run_concatenate(const KernelCall& call, const Buffers& buffers) {
  const int axis = call.attrs.as<ops::ConcatenateAttrs>().axis;
  const auto element = static_cast<std::int64_t>(dtype_size(call.outputs[0].dtype));
  const std::int64_t outer = call.outputs[0].shape.slice(0, axis).size();
  const std::int64_t row = call.outputs[0].shape.slice(axis).size() * element;
  std::int64_t done = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const std::int64_t part = call.inputs[i].shape.slice(axis).size() * element;
    for (std::int64_t o = 0; o < outer; ++o)
      if (part > 0)
        std::memcpy(static_cast<std::byte*>(buffers.outputs[0]) + o * row + done,
                    static_cast<const std::byte*>(buffers.inputs[i]) + o * part,
                    static_cast<std::size_t>(part));
    done += part;
  }
}

void run_pad(const KernelCall& call, const Buffers& buffers) {
  const auto& attrs = call.attrs.as<ops::PadAttrs>();
  const Shape& from_shape = call.inputs[0].shape;
  const Shape& to_shape = call.outputs[0].shape;
  const std::size_t element = dtype_size(call.outputs[0].dtype);
  auto* to = static_cast<std::byte*>(buffers.outputs[0]);
  std::byte value[8];
  engine::convert_elements(&attrs.value, DType::kFloat64, value, call.outputs[0].dtype, 1);
  const std::int64_t count = to_shape.size();
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(to + static_cast<std::size_t>(i) * element, value, element);
  const auto strides = row_major_strides(to_shape);
  std::vector<std::int64_t> position(static_cast<std::size_t>(from_shape.rank()), 0);
  const std::int64_t size = from_shape.size();
  for (std::int64_t i = 0; i < size; ++i) {
    std::int64_t target = 0;
    bool inside = true;
    for (int axis = 0; axis < from_shape.rank(); ++axis) {
      const auto k = static_cast<std::size_t>(axis);
      const std::int64_t at = attrs.low[k] + position[k] * (attrs.interior[k] + 1);
      inside = inside && at >= 0 && at < to_shape[axis];
      target += at * strides[k];
    }
    if (inside)
      std::memcpy(
          to + static_cast<std::size_t>(target) * element,
          static_cast<const std::byte*>(buffers.inputs[0]) + static_cast<std::size_t>(i) * element,
          element);
    for (int axis = from_shape.rank(); axis-- > 0;) {
      const auto k = static_cast<std::size_t>(axis);
      if (++position[k] < from_shape[axis]) break;
      position[k] = 0;
    }
  }
}

void run_iota(const KernelCall& call, const Buffers& buffers) {
  const auto& attrs = call.attrs.as<ops::IotaAttrs>();
  const std::int64_t size = attrs.shape.rank() == 0 ? 1 : attrs.shape[attrs.axis];
  const std::int64_t inner = attrs.shape.rank() == 0 ? 1 : attrs.shape.slice(attrs.axis + 1).size();
  std::vector<std::int64_t> values(static_cast<std::size_t>(attrs.shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int64_t>(i) / inner % size;
  engine::convert_elements(values.data(), DType::kInt64, buffers.outputs[0], attrs.dtype,
                           values.size());
}

}  // namespace

std::vector<engine::KernelRow> layout_kernel_rows() {
  return {{&ops::transpose_op, {simple_kernel<run_transpose>("reference_transpose")}},
          {&ops::broadcast_to_op, {simple_kernel<run_broadcast>("reference_broadcast_to")}},
          {&ops::slice_op, {simple_kernel<run_slice>("reference_slice")}},
          {&ops::flip_op, {simple_kernel<run_flip>("reference_flip")}},
          {&ops::concatenate_op, {simple_kernel<run_concatenate>("reference_concatenate")}},
          {&ops::pad_op, {simple_kernel<run_pad>("reference_pad")}},
          {&ops::iota_op, {simple_kernel<run_iota>("reference_iota")}}};
}

}  // namespace keras::reference
