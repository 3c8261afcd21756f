#pragma once

#include "keras/engine/graph/op.h"

namespace keras::ops {

// Element-wise primitives. The inputs of one call have one dtype (but for `select`, whose first
// input is bool, and `cast`) and shapes that broadcast; the output has the broadcast shape.

extern const engine::Op negative_op, abs_op, sign_op, exp_op, expm1_op, log_op, log1p_op, sqrt_op,
    rsqrt_op, reciprocal_op, square_op, sin_op, cos_op, tan_op, arcsin_op, arccos_op, arctan_op,
    sinh_op, cosh_op, tanh_op, arcsinh_op, arccosh_op, arctanh_op, erf_op, floor_op, ceil_op,
    round_op, trunc_op, sigmoid_op, softplus_op, isfinite_op, isnan_op, isinf_op, logical_not_op,
    bitwise_not_op;

extern const engine::Op add_op, subtract_op, multiply_op, divide_op, floor_divide_op, mod_op,
    power_op, maximum_op, minimum_op, arctan2_op, equal_op, not_equal_op, less_op, less_equal_op,
    greater_op, greater_equal_op, logical_and_op, logical_or_op, logical_xor_op, bitwise_and_op,
    bitwise_or_op, bitwise_xor_op, left_shift_op, right_shift_op;

/// (condition, a, b) → a where the condition is true, else b.
extern const engine::Op select_op;

/// Converts the elements as NumPy's astype does.
struct CastAttrs {
  DType dtype = DType::kFloat32;
  bool operator==(const CastAttrs&) const = default;
  void visit(auto&& field) const { field("dtype", dtype); }
};
extern const engine::Op cast_op;

/// The gradient of a broadcast: sums over the axes that `shape` does not have or has with size 1.
Tensor sum_to_shape(const Tensor& x, const Shape& shape);

}  // namespace keras::ops
