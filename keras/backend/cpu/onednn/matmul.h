#pragma once

#include <memory>
#include <string>
#include <vector>

#include "keras/backend/cpu/epilogue.h"
#include "keras/backend/cpu/place.h"
#include "keras/engine/runtime/kernel.h"
#include "keras/engine/tensor/spec.h"

namespace keras::backend::cpu {

class StagedKernel;

/// (…, m, k) times (…, k, n), plus a bias of n values as the third input where there is one; the
/// epilogue's operands follow.
struct MatmulProblem {
  bool transpose_a = false;
  bool transpose_b = false;
  bool bias = false;
  Epilogue epilogue = {};
  /// Of four axes the middle two lie swapped in memory (and in the call's specs).
  bool swapped_a = false, swapped_b = false, swapped_c = false;
};

/// The operands of a product within a kernel: what they are and where they lie.
struct MatmulOperands {
  TensorSpec a, b, c;
  Place a_place = Place::input(0), b_place = Place::input(1), c_place = Place::output(0);
  Place bias_place = Place::input(2);
  engine::LayoutPtr b_layout = nullptr;
  std::vector<EpilogueOperand> epilogue = {};
};

/// Adds the shares of a product to the kernel's current stage.
void add_matmul(StagedKernel& kernel, const MatmulProblem& problem, const MatmulOperands& operands,
                int threads);

std::string matmul_refusal(const MatmulProblem& problem, const engine::KernelCall& call);
std::unique_ptr<engine::PreparedKernel> prepare_matmul(const MatmulProblem& problem,
                                                       const engine::KernelCall& call);

/// The layout in which the product wants its second operand, where that is one matrix that stays
/// the same from run to run; null for row-major.
engine::LayoutPtr matmul_weight_layout(const MatmulProblem& problem,
                                       const engine::KernelCall& call);
/// The same for weights whose axis i runs over dimensions `axes[i]` of the matrix.
engine::LayoutPtr matmul_weight_layout(const MatmulProblem& problem, const MatmulOperands& operands,
                                       const std::vector<std::vector<int>>& axes, int threads);

/// Kernel of ops::matmul_op.
extern const engine::Kernel onednn_matmul;

}  // namespace keras::backend::cpu
