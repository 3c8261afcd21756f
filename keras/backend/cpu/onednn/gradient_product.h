#pragma once

#include "keras/backend/cpu/onednn/matmul.h"

namespace keras::backend::cpu {

/// True of a product x'dy of float32 matrices with many more rows than columns, as the gradient of
/// weights by many samples, steps or pixels: loops of our own are faster at that than oneDNN's.
bool is_gradient_product(const MatmulProblem& problem, const MatmulOperands& operands);

/// Adds it to the kernel: each thread takes rows of both operands, which it has made itself as a
/// rule, so that it reads what lies nearest and once; their sums are added up in a fixed order.
void add_gradient_product(StagedKernel& kernel, const MatmulOperands& operands, int threads);

}  // namespace keras::backend::cpu
