#include "keras/ops/selection.h"

#include <algorithm>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

void check_value(const char* where, const Tensor& x) {
  if (x.is_symbolic() || engine::Trace::compiling())
    throw ValueError(str(where,
                         ": the size of the result depends on values, which a symbolic tensor or a "
                         "compiled function does not have."),
                     "call it outside, or use `where` with three arguments.");
}

Tensor as_int32(const std::vector<std::int32_t>& values) {
  return Tensor::from(values, {static_cast<std::int64_t>(values.size())});
}

Tensors nonzero_of(const char* where, const Tensor& x) {
  check_value(where, x);
  const std::vector<bool> is_set = [&] {
    const Tensor flat = not_equal(x, 0).eval();
    const auto bytes = flat.data<bool>();
    return std::vector<bool>(bytes.begin(), bytes.end());
  }();
  std::vector<std::vector<std::int32_t>> places(static_cast<std::size_t>(x.rank()));
  for (std::size_t i = 0; i < is_set.size(); ++i) {
    if (!is_set[i]) continue;
    auto rest = static_cast<std::int64_t>(i);
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
      const std::int64_t size = x.shape()[axis];
      places[static_cast<std::size_t>(axis)].push_back(static_cast<std::int32_t>(rest % size));
      rest /= size;
    }
  }
  Tensors out;
  for (const auto& along : places) out.push_back(as_int32(along));
  return out;
}

}  // namespace

Tensors nonzero(const Tensor& x) { return nonzero_of("nonzero", x); }

Tensors where(const Tensor& condition) { return nonzero_of("where", condition); }

Unique unique(const Tensor& x) {
  check_value("unique", x);
  const Tensor flat = ravel(x);
  const auto order = argsort(flat).to_vector<std::int32_t>();
  const Tensor sorted = take(flat, as_int32(order)).eval();
  std::vector<std::int32_t> starts;
  if (!order.empty()) starts.push_back(0);
  const Tensor changes =
      not_equal(slice_axis(sorted, 0, 1, sorted.size()),
                slice_axis(sorted, 0, 0, std::max<std::int64_t>(sorted.size() - 1, 0)))
          .eval();
  const auto changed = changes.data<bool>();
  for (std::size_t i = 0; i < changed.size(); ++i)
    if (changed[i]) starts.push_back(static_cast<std::int32_t>(i + 1));
  std::vector<std::int32_t> index, inverse(order.size()), counts;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto first = static_cast<std::size_t>(starts[i]);
    const std::size_t end =
        i + 1 < starts.size() ? static_cast<std::size_t>(starts[i + 1]) : order.size();
    index.push_back(order[first]);
    counts.push_back(static_cast<std::int32_t>(end - first));
    for (std::size_t k = first; k < end; ++k)
      inverse[static_cast<std::size_t>(order[k])] = static_cast<std::int32_t>(i);
  }
  const Tensor places = Tensor::from(inverse, x.shape());
  return {take(flat, as_int32(index)), as_int32(index), places, as_int32(counts)};
}

Tensor isin(const Tensor& x1, const Tensor& x2, IsinOptions o) {
  return call_or_record(
      "IsIn", {x1, x2}, {{"assume_unique", o.assume_unique}, {"invert", o.invert}},
      [o](const Tensors& in) {
        const Tensor found =
            any(equal(expand_dims(in[0], {.axis = -1}), ravel(in[1])), {.axis = -1});
        return o.invert ? logical_not(found) : found;
      });
}

}  // namespace keras::ops
