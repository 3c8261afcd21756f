#include "keras/backend/cpu/fusions/fused_product.h"

#include "keras/backend/cpu/onednn/convolution.h"

namespace keras::backend::cpu {
namespace {

template <typename ProductAttrs>
Specs infer_product(const engine::Op& op, const Specs& in, const ProductAttrs& attrs) {
  return op.infer({in[0], in[1]}, attrs);
}

}  // namespace

MatmulProblem matmul_problem(const engine::KernelCall& call) {
  if (&call.op == &ops::matmul_op) {
    const auto& attrs = call.attrs.as<ops::MatmulAttrs>();
    return {attrs.transpose_a, attrs.transpose_b};
  }
  const auto& attrs = call.attrs.as<FusedMatmulAttrs>();
  return {attrs.product.transpose_a, attrs.product.transpose_b, attrs.bias, attrs.epilogue};
}

ConvolutionProblem convolution_problem(const engine::KernelCall& call) {
  if (&call.op == &ops::conv_op) return convolution_problem(call.attrs.as<ops::ConvAttrs>());
  const auto& attrs = call.attrs.as<FusedConvolutionAttrs>();
  ConvolutionProblem problem = convolution_problem(attrs.product);
  problem.bias = attrs.bias;
  problem.epilogue = attrs.epilogue;
  return problem;
}

const engine::Op fused_matmul_op = engine::define_op<FusedMatmulAttrs>({
    .name = "fused_matmul",
    .infer =
        [](const Specs& in, const FusedMatmulAttrs& attrs) {
          return infer_product(ops::matmul_op, in, attrs.product);
        },
});

const engine::Op fused_convolution_op = engine::define_op<FusedConvolutionAttrs>({
    .name = "fused_convolution",
    .infer =
        [](const Specs& in, const FusedConvolutionAttrs& attrs) {
          return infer_product(ops::conv_op, in, attrs.product);
        },
});

const engine::Kernel onednn_fused_matmul{
    "onednn_fused_matmul",
    [](const engine::KernelCall& call) { return matmul_refusal(matmul_problem(call), call); },
    [](const engine::KernelCall& call) { return prepare_matmul(matmul_problem(call), call); }};

const engine::Kernel onednn_fused_convolution{
    "onednn_fused_convolution", convolution_refusal, [](const engine::KernelCall& call) {
      return prepare_convolution(convolution_problem(call), call);
    }};

}  // namespace keras::backend::cpu
