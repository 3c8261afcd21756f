#include "keras/ops/nn/relu.h"

#include "keras/ops/nn.h"
#include "keras/ops/nn/record_unary.h"
#include "keras/ops/numpy.h"

namespace keras::ops {

const engine::Op relu_op = engine::define_op<engine::NoAttrs>({
    .name = "relu",
    .traits = {.elementwise = true},
    .infer = [](const Specs& in, const engine::NoAttrs&) { return Specs{in[0]}; },
    .gradient =
        [](const engine::Backward& b, const engine::NoAttrs&) {
          return Tensors{where(greater(b.output(0), 0), b.cotangent(0), 0)};
        },
    // Not the maximum: NaN must stay, and the gradient at 0 must be 0 here, too.
    .decompose =
        [](const Tensors& in, const engine::NoAttrs&) {
          return Tensors{where(less_equal(in[0], 0), 0, in[0])};
        },
});

Tensor relu(const Tensor& x) {
  return record_unary("Relu", x, Config::dict(),
                      [](const Tensor& in) { return emit(relu_op, {in}); });
}

}  // namespace keras::ops
