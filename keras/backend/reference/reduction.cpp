#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/odometer.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"
#include "keras/ops/reduction/reduce.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;
using ops::ReduceKind;

template <typename Wide>
std::vector<Wide> widened(const void* data, const TensorSpec& spec, DType wide) {
  std::vector<Wide> out(static_cast<std::size_t>(spec.shape.size()));
  engine::convert_elements(data, spec.dtype, out.data(), wide, out.size());
  return out;
}

template <typename Wide>
Wide start_value(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kProd:
    case ReduceKind::kAll:
      return 1;
    case ReduceKind::kMax:
      return std::numeric_limits<Wide>::has_infinity ? -std::numeric_limits<Wide>::infinity()
                                                     : std::numeric_limits<Wide>::lowest();
    case ReduceKind::kMin:
      return std::numeric_limits<Wide>::has_infinity ? std::numeric_limits<Wide>::infinity()
                                                     : std::numeric_limits<Wide>::max();
    default:
      return 0;
  }
}

template <typename Wide>
Wide combine(ReduceKind kind, Wide total, Wide value) {
  switch (kind) {
    case ReduceKind::kSum:
      return total + value;
    case ReduceKind::kProd:
      return total * value;
    case ReduceKind::kMax:
      return value != value || value > total ? value : total;
    case ReduceKind::kMin:
      return value != value || value < total ? value : total;
    case ReduceKind::kAny:
      return total != 0 || value != 0;
    case ReduceKind::kAll:
      return total != 0 && value != 0;
  }
  return total;
}

template <typename Wide>
void reduce_wide(const KernelCall& call, const Buffers& buffers, DType wide) {
  const auto& attrs = call.attrs.as<ops::ReduceAttrs>();
  const Shape& shape = call.inputs[0].shape;
  Shape kept = shape;
  for (const int axis : attrs.axes) kept[axis] = 1;
  const auto input = widened<Wide>(buffers.inputs[0], call.inputs[0], wide);
  std::vector<Wide> out(static_cast<std::size_t>(kept.size()), start_value<Wide>(attrs.kind));
  Odometer place(shape, broadcast_strides(kept, shape));
  for (const Wide value : input) {
    Wide& total = out[static_cast<std::size_t>(place.offset())];
    total = combine(attrs.kind, total, value);
    place.advance();
  }
  engine::convert_elements(out.data(), wide, buffers.outputs[0], call.outputs[0].dtype, out.size());
}

void run_reduce(const KernelCall& call, const Buffers& buffers) {
  if (is_float(call.inputs[0].dtype)) {
    reduce_wide<double>(call, buffers, DType::kFloat64);
  } else {
    reduce_wide<std::int64_t>(call, buffers, DType::kInt64);
  }
}

/// Sizes before, along and after an axis.
struct Along {
  Along(const Shape& shape, int axis)
      : outer(shape.slice(0, axis).size()),
        size(shape[axis]),
        inner(shape.slice(axis + 1).size()) {}
  std::int64_t outer, size, inner;
};

void run_arg_reduce(const KernelCall& call, const Buffers& buffers) {
  const auto& attrs = call.attrs.as<ops::ArgReduceAttrs>();
  const Along along(call.inputs[0].shape, attrs.axis);
  const auto x = widened<double>(buffers.inputs[0], call.inputs[0], DType::kFloat64);
  auto* out = static_cast<std::int32_t*>(buffers.outputs[0]);
  for (std::int64_t o = 0; o < along.outer; ++o)
    for (std::int64_t i = 0; i < along.inner; ++i) {
      const auto value = [&](std::int64_t k) {
        return x[static_cast<std::size_t>((o * along.size + k) * along.inner + i)];
      };
      std::int64_t best = 0;
      for (std::int64_t k = 1; k < along.size && !std::isnan(value(best)); ++k)
        if (std::isnan(value(k)) || (attrs.max ? value(k) > value(best) : value(k) < value(best)))
          best = k;
      out[o * along.inner + i] = static_cast<std::int32_t>(best);
    }
}

template <typename Wide>
void cumulate(const KernelCall& call, const Buffers& buffers, DType wide) {
  const auto& attrs = call.attrs.as<ops::CumulativeAttrs>();
  const Along along(call.inputs[0].shape, attrs.axis);
  auto x = widened<Wide>(buffers.inputs[0], call.inputs[0], wide);
  for (std::int64_t o = 0; o < along.outer; ++o)
    for (std::int64_t i = 0; i < along.inner; ++i) {
      Wide total = attrs.product ? 1 : 0;
      for (std::int64_t step = 0; step < along.size; ++step) {
        const std::int64_t k = attrs.reverse ? along.size - 1 - step : step;
        Wide& value = x[static_cast<std::size_t>((o * along.size + k) * along.inner + i)];
        total = attrs.product ? total * value : total + value;
        value = total;
      }
    }
  engine::convert_elements(x.data(), wide, buffers.outputs[0], call.outputs[0].dtype, x.size());
}

void run_cumulative(const KernelCall& call, const Buffers& buffers) {
  if (is_float(call.inputs[0].dtype)) {
    cumulate<double>(call, buffers, DType::kFloat64);
  } else {
    cumulate<std::int64_t>(call, buffers, DType::kInt64);
  }
}

}  // namespace

std::vector<engine::KernelRow> reduction_kernel_rows() {
  return {{&ops::reduce_op, {simple_kernel<run_reduce>("reference_reduce")}},
          {&ops::arg_reduce_op, {simple_kernel<run_arg_reduce>("reference_arg_reduce")}},
          {&ops::cumulative_op, {simple_kernel<run_cumulative>("reference_cumulative")}}};
}

}  // namespace keras::reference
