#include "keras/ops/indexing/indexing.h"

#include <cstring>
#include <limits>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;

std::vector<std::int64_t> indices_of(const void* data, const TensorSpec& spec) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(spec.shape.size()));
  engine::convert_elements(data, spec.dtype, indices.data(), DType::kInt64, indices.size());
  return indices;
}

/// What stands where an index was out of range.
double missing_value(DType dtype) {
  return is_float(dtype) ? std::numeric_limits<double>::quiet_NaN()
                         : static_cast<double>(std::numeric_limits<std::int64_t>::lowest());
}

void run_take(const KernelCall& call, const Buffers& buffers) {
  const int axis = call.attrs.as<ops::TakeAttrs>().axis;
  const Shape& shape = call.inputs[0].shape;
  const std::int64_t outer = shape.slice(0, axis).size();
  const std::int64_t inner = shape.slice(axis + 1).size();
  const std::size_t element = dtype_size(call.outputs[0].dtype);
  const std::size_t row = static_cast<std::size_t>(inner) * element;
  const auto indices = indices_of(buffers.inputs[1], call.inputs[1]);
  const std::vector<double> missing(static_cast<std::size_t>(inner),
                                    missing_value(call.outputs[0].dtype));
  auto* to = static_cast<std::byte*>(buffers.outputs[0]);
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t index : indices) {
      if (index < 0) index += shape[axis];
      if (index >= 0 && index < shape[axis]) {
        const auto* from = static_cast<const std::byte*>(buffers.inputs[0]);
        std::memcpy(to, from + static_cast<std::size_t>(o * shape[axis] + index) * row, row);
      } else {
        engine::convert_elements(missing.data(), DType::kFloat64, to, call.outputs[0].dtype,
                                 missing.size());
      }
      to += row;
    }
}

template <typename Wide>
void scatter_wide(const KernelCall& call, const Buffers& buffers, DType wide) {
  const std::int64_t size = call.attrs.as<ops::ScatterAddAttrs>().size;
  const auto indices = indices_of(buffers.inputs[0], call.inputs[0]);
  std::vector<Wide> updates(static_cast<std::size_t>(call.inputs[1].shape.size()));
  engine::convert_elements(buffers.inputs[1], call.inputs[1].dtype, updates.data(), wide,
                           updates.size());
  std::vector<Wide> out(static_cast<std::size_t>(call.outputs[0].shape.size()), 0);
  const auto row = static_cast<std::size_t>(call.outputs[0].shape.slice(1).size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::int64_t index = indices[i] < 0 ? indices[i] + size : indices[i];
    if (index < 0 || index >= size) continue;
    for (std::size_t k = 0; k < row; ++k)
      out[static_cast<std::size_t>(index) * row + k] += updates[i * row + k];
  }
  engine::convert_elements(out.data(), wide, buffers.outputs[0], call.outputs[0].dtype, out.size());
}

void run_scatter_add(const KernelCall& call, const Buffers& buffers) {
  if (is_float(call.outputs[0].dtype)) {
    scatter_wide<double>(call, buffers, DType::kFloat64);
  } else {
    scatter_wide<std::int64_t>(call, buffers, DType::kInt64);
  }
}

template <typename Wide>
Wide combined(ops::ScatterKind kind, Wide old, Wide update) {
  switch (kind) {
    case ops::ScatterKind::kUpdate:
      return update;
    case ops::ScatterKind::kMax:
      return old != old || old > update ? old : update;
    case ops::ScatterKind::kMin:
      return old != old || old < update ? old : update;
    case ops::ScatterKind::kMultiply:
      return old * update;
  }
  return old;
}

template <typename Wide>
void combine_wide(const KernelCall& call, const Buffers& buffers, DType wide) {
  const ops::ScatterKind kind = call.attrs.as<ops::ScatterAttrs>().kind;
  const std::int64_t size = call.inputs[0].shape[0];
  const auto indices = indices_of(buffers.inputs[1], call.inputs[1]);
  std::vector<Wide> out(static_cast<std::size_t>(call.inputs[0].shape.size()));
  engine::convert_elements(buffers.inputs[0], call.inputs[0].dtype, out.data(), wide, out.size());
  std::vector<Wide> updates(static_cast<std::size_t>(call.inputs[2].shape.size()));
  engine::convert_elements(buffers.inputs[2], call.inputs[2].dtype, updates.data(), wide,
                           updates.size());
  const auto row = static_cast<std::size_t>(call.outputs[0].shape.slice(1).size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const std::int64_t index = indices[i] < 0 ? indices[i] + size : indices[i];
    if (index < 0 || index >= size) continue;
    for (std::size_t k = 0; k < row; ++k) {
      Wide& value = out[static_cast<std::size_t>(index) * row + k];
      value = combined(kind, value, updates[i * row + k]);
    }
  }
  engine::convert_elements(out.data(), wide, buffers.outputs[0], call.outputs[0].dtype, out.size());
}

void run_scatter(const KernelCall& call, const Buffers& buffers) {
  if (is_float(call.outputs[0].dtype)) {
    combine_wide<double>(call, buffers, DType::kFloat64);
  } else {
    combine_wide<std::int64_t>(call, buffers, DType::kInt64);
  }
}

}  // namespace

std::vector<engine::KernelRow> indexing_kernel_rows() {
  return {{&ops::take_op, {simple_kernel<run_take>("reference_take")}},
          {&ops::scatter_add_op, {simple_kernel<run_scatter_add>("reference_scatter_add")}},
          {&ops::scatter_op, {simple_kernel<run_scatter>("reference_scatter")}}};
}

}  // namespace keras::reference
