#include "keras/ops/nn/softmax.h"

#include <algorithm>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

namespace keras::ops {
namespace {

Specs infer_softmax(const Specs& in, const SoftmaxAttrs&) {
  if (!is_float(in[0].dtype))
    throw DtypeError(str("softmax takes a floating point tensor, received ", in[0], "."));
  return {in[0]};
}

Tensor sum_over(const Tensor& x, int axis) { return sum(x, {.axis = axis, .keepdims = true}); }
Tensor shifted(const Tensor& x, int axis) {
  return x - stop_gradient(max(x, {.axis = axis, .keepdims = true}));
}

/// Over several axes: as one axis at the end, then back.
Tensor apply_together(const engine::Op& op, const Tensor& x, const std::vector<int>& axes) {
  std::vector<int> order, back(static_cast<std::size_t>(x.rank()));
  Shape rows;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) {
      order.push_back(axis);
      rows.push_back(x.shape()[axis]);
    }
  order.insert(order.end(), axes.begin(), axes.end());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  const Tensor turned = transpose(x, {.axes = order});
  rows.push_back(-1);
  const Tensor y = emit(op, {reshape(turned, rows)}, SoftmaxAttrs{rows.rank() - 1});
  return transpose(reshape(y, turned.shape()), {.axes = back});
}

Tensor apply(const engine::Op& op, const char* where, const Tensor& given, const Axes& axis) {
  const Tensor x =
      cast(given.rank() == 0 ? reshape(given, {1}) : given, to_float_dtype(given.dtype()));
  const std::vector<int> axes = normalize_axes(where, axis.value(), x.rank());
  if (axes.size() == 1) return emit(op, {x}, SoftmaxAttrs{axes[0]});
  return apply_together(op, x, axes);
}

Config axis_config(const Axes& axis) {
  if (axis.all()) return {};
  if (axis.value()->size() == 1) return axis.value()->front();
  return Config::list_of(*axis.value());
}

}  // namespace

const engine::Op softmax_op = engine::define_op<SoftmaxAttrs>({
    .name = "softmax",
    .infer = infer_softmax,
    .gradient =
        [](const engine::Backward& b, const SoftmaxAttrs& attrs) {
          const Tensor &y = b.output(0), &dy = b.cotangent(0);
          return Tensors{y * (dy - sum_over(dy * y, attrs.axis))};
        },
    .decompose =
        [](const Tensors& in, const SoftmaxAttrs& attrs) {
          const Tensor e = exp(shifted(in[0], attrs.axis));
          return Tensors{e / sum_over(e, attrs.axis)};
        },
});

const engine::Op log_softmax_op = engine::define_op<SoftmaxAttrs>({
    .name = "log_softmax",
    .infer = infer_softmax,
    .gradient =
        [](const engine::Backward& b, const SoftmaxAttrs& attrs) {
          const Tensor& dy = b.cotangent(0);
          return Tensors{dy - exp(b.output(0)) * sum_over(dy, attrs.axis)};
        },
    .decompose =
        [](const Tensors& in, const SoftmaxAttrs& attrs) {
          const Tensor x = shifted(in[0], attrs.axis);
          return Tensors{x - log(sum_over(exp(x), attrs.axis))};
        },
});

Tensor softmax(const Tensor& x, SoftmaxOptions options) {
  const Axes axis = options.axis;
  return record_unary("Softmax", x, {{"axis", axis_config(axis)}},
                      [axis](const Tensor& in) { return apply(softmax_op, "softmax", in, axis); });
}

Tensor log_softmax(const Tensor& x, LogSoftmaxOptions options) {
  const Axes axis = options.axis;
  return record_unary("LogSoftmax", x, {{"axis", axis_config(axis)}}, [axis](const Tensor& in) {
    return apply(log_softmax_op, "log_softmax", in, axis);
  });
}

}  // namespace keras::ops
