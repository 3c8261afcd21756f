#include "keras/ops/sorting/sorting.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "keras/backend/reference/basic_kernels.h"
#include "keras/backend/reference/simple_kernel.h"
#include "keras/engine/tensor/convert.h"

namespace keras::reference {
namespace {

using engine::Buffers;
using engine::KernelCall;

/// a before b; NaN after all else.
bool precedes(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; }
bool precedes(std::int64_t a, std::int64_t b) { return a < b; }

template <typename Wide>
void argsort_wide(const KernelCall& call, const Buffers& buffers, DType wide) {
  const auto& attrs = call.attrs.as<ops::ArgsortAttrs>();
  const Shape& shape = call.inputs[0].shape;
  const std::int64_t outer = shape.slice(0, attrs.axis).size();
  const std::int64_t size = shape[attrs.axis];
  const std::int64_t inner = shape.slice(attrs.axis + 1).size();
  std::vector<Wide> x(static_cast<std::size_t>(shape.size()));
  engine::convert_elements(buffers.inputs[0], call.inputs[0].dtype, x.data(), wide, x.size());
  auto* out = static_cast<std::int32_t*>(buffers.outputs[0]);
  std::vector<std::int32_t> order(static_cast<std::size_t>(size));
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t i = 0; i < inner; ++i) {
      const std::int64_t first = o * size * inner + i;
      const auto value = [&](std::int32_t k) {
        return x[static_cast<std::size_t>(first + k * inner)];
      };
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return attrs.descending ? precedes(value(b), value(a)) : precedes(value(a), value(b));
      });
      for (std::int64_t k = 0; k < size; ++k)
        out[first + k * inner] = order[static_cast<std::size_t>(k)];
    }
}

void run_argsort(const KernelCall& call, const Buffers& buffers) {
  if (is_float(call.inputs[0].dtype)) {
    argsort_wide<double>(call, buffers, DType::kFloat64);
  } else {
    argsort_wide<std::int64_t>(call, buffers, DType::kInt64);
  }
}

}  // namespace

std::vector<engine::KernelRow> sorting_kernel_rows() {
  return {{&ops::argsort_op, {simple_kernel<run_argsort>("reference_argsort")}}};
}

}  // namespace keras::reference
