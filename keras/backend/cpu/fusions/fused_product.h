#pragma once

#include "keras/backend/cpu/onednn/convolution.h"
#include "keras/backend/cpu/onednn/matmul.h"
#include "keras/engine/graph/graph.h"
#include "keras/ops/linalg/matmul.h"
#include "keras/ops/nn/conv.h"

namespace keras::backend::cpu {

/// A product and what follows it while its results are still in registers: inputs
/// (a, b, bias?, the epilogue's operands).
template <typename ProductAttrs>
struct FusedProductAttrs {
  ProductAttrs product;
  bool bias = false;
  Epilogue epilogue = {};

  bool operator==(const FusedProductAttrs&) const = default;
  void visit(auto&& field) const {
    product.visit(field);
    field("bias", bias);
    field("epilogue", epilogue);
  }
};
using FusedMatmulAttrs = FusedProductAttrs<ops::MatmulAttrs>;
using FusedConvolutionAttrs = FusedProductAttrs<ops::ConvAttrs>;

extern const engine::Op fused_matmul_op;
extern const engine::Op fused_convolution_op;
extern const engine::Kernel onednn_fused_matmul;
extern const engine::Kernel onednn_fused_convolution;

/// What a call, fused or not, asks of oneDNN.
MatmulProblem matmul_problem(const engine::KernelCall& call);
ConvolutionProblem convolution_problem(const engine::KernelCall& call);

/// The pass: bias, scale and offset by column, residual and activation into the matmul or the
/// convolution before them, where nobody else needs what lies between.
engine::Graph fuse_epilogues(engine::Graph graph);

}  // namespace keras::backend::cpu
