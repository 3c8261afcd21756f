#include "keras/ops/nn/softmax.h"

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

Tensor apply(const engine::Op& op, const char* where, const Tensor& x, int axis) {
  const Tensor input = x.rank() == 0 ? reshape(x, {1}) : x;
  const SoftmaxAttrs attrs{normalize_axis(where, axis, input.rank())};
  return emit(op, {cast(input, to_float_dtype(input.dtype()))}, attrs);
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
  const int axis = options.axis;
  return record_unary("Softmax", x, {{"axis", axis}},
                      [axis](const Tensor& in) { return apply(softmax_op, "softmax", in, axis); });
}

Tensor log_softmax(const Tensor& x, LogSoftmaxOptions options) {
  const int axis = options.axis;
  return record_unary("LogSoftmax", x, {{"axis", axis}}, [axis](const Tensor& in) {
    return apply(log_softmax_op, "log_softmax", in, axis);
  });
}

}  // namespace keras::ops
