#pragma once

#include <memory>
#include <string>

#include "keras/engine/runtime/kernel.h"

namespace keras::backend::cpu {

/// What is applied to a product while it is still in registers.
enum class Epilogue : std::uint8_t { kNone, kRelu, kSigmoid, kTanh };

/// (…, m, k) times (…, k, n), plus a bias of n values as the third input where there is one.
struct MatmulProblem {
  bool transpose_a = false;
  bool transpose_b = false;
  bool bias = false;
  Epilogue epilogue = Epilogue::kNone;
};

std::string matmul_refusal(const MatmulProblem& problem, const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_matmul(const MatmulProblem& problem,
                                                       const engine::KernelCall& call);

/// The layout in which the product wants its second operand, where that is one matrix that stays
/// the same from run to run; null for row-major.
engine::LayoutPtr matmul_weight_layout(const MatmulProblem& problem,
                                       const engine::KernelCall& call);

/// Kernel of ops::matmul_op.
extern const engine::Kernel onednn_matmul;

}  // namespace keras::backend::cpu
