#include "keras/ops/nn/relu.h"

#include <cmath>

#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

const engine::Op relu_op = engine::define_op<ReluAttrs>({
    .name = "relu",
    .traits = {.elementwise = true},
    .infer = [](const Specs& in, const ReluAttrs&) { return Specs{in[0]}; },
    .gradient =
        [](const engine::Backward& b, const ReluAttrs& attrs) {
          Tensor dx = b.cotangent(0);
          if (std::isfinite(attrs.max_value)) dx = where(less(b.output(0), attrs.max_value), dx, 0);
          return Tensors{where(greater(b.output(0), 0), dx, 0)};
        },
    // Not the maximum and the minimum: NaN must stay, and the gradients at the bounds must be 0
    // here, too.
    .decompose =
        [](const Tensors& in, const ReluAttrs& attrs) {
          Tensor y = where(less_equal(in[0], 0), 0, in[0]);
          if (std::isfinite(attrs.max_value))
            y = where(greater_equal(in[0], attrs.max_value), attrs.max_value, y);
          return Tensors{y};
        },
});

Tensor relu(const Tensor& x) {
  return record_unary("Relu", x, Config::dict(),
                      [](const Tensor& in) { return emit(relu_op, {in}, ReluAttrs{}); });
}

Tensor relu6(const Tensor& x) {
  return record_unary("Relu6", x, Config::dict(),
                      [](const Tensor& in) { return emit(relu_op, {in}, ReluAttrs{6}); });
}

}  // namespace keras::ops
