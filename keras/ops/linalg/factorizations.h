#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

/// Attributes of `svd` and `qr`: whether the orthogonal factors are square.
struct FactorizationAttrs {
  bool full = false;
  bool operator==(const FactorizationAttrs&) const = default;
  void visit(auto&& field) const { field("full", full); }
};

// All take matrices in the last two axes, of one float dtype; equal axes lead.

/// (…, n, n) and (…, n, k) → the (…, n, k) that the first times it is the second.
extern const engine::Op solve_op;
/// (…, n, n) → the determinants' signs and the logarithms of their absolute values, both (…).
extern const engine::Op slogdet_op;
/// (…, n, n) → L and U in one matrix, and the int32 row that was swapped with each, (…, n).
extern const engine::Op lu_factor_op;
/// The lower triangle of (…, n, n) → the lower factor, NaN where the matrix is not positive
/// definite.
extern const engine::Op cholesky_op;
/// (…, m, n) → Q and R.
extern const engine::Op qr_op;
/// The lower triangle of symmetric (…, n, n) → eigenvalues (…, n), ascending, and eigenvectors as
/// columns.
extern const engine::Op eigh_op;
/// (…, m, n) → U, the singular values (…, min(m, n)), descending, and the transpose of V.
extern const engine::Op svd_op;

}  // namespace keras::ops
