#include "keras/backend/cpu/fusions/fused_batch_norm.h"

namespace keras::backend::cpu {

const engine::Op fused_batch_norm_op = engine::define_op<FusedBatchNormAttrs>({
    .name = "fused_batch_norm",
    .infer =
        [](const Specs& in, const FusedBatchNormAttrs& attrs) {
          Specs own = in;
          if (attrs.residual) own.pop_back();
          return ops::batch_norm_training_op.infer(own, attrs.norm);
        },
});

const engine::Op fused_batch_norm_gradient_op = engine::define_op<FusedBatchNormAttrs>({
    .name = "fused_batch_norm_gradient",
    .infer =
        [](const Specs& in, const FusedBatchNormAttrs& attrs) {
          ops::BatchNormAttrs norm = attrs.norm;
          Specs own = in;
          if (norm.center) own.erase(own.begin() + (norm.scale ? 2 : 1));
          norm.center = false;
          Specs out = ops::batch_norm_gradient_op.infer(own, norm);
          if (attrs.sums) out.push_back({{in[0].shape[-1]}, in[0].dtype});
          return out;
        },
});

FusedBatchNormAttrs batch_norm_problem(const engine::KernelCall& call) {
  if (&call.op == &ops::batch_norm_training_op)
    return {.norm = call.attrs.as<ops::BatchNormAttrs>()};
  if (&call.op == &ops::batch_norm_gradient_op) {
    FusedBatchNormAttrs problem{.norm = call.attrs.as<ops::BatchNormAttrs>()};
    problem.norm.center = false;  // beta is no input
    return problem;
  }
  return call.attrs.as<FusedBatchNormAttrs>();
}

}  // namespace keras::backend::cpu
