#include <algorithm>
#include <limits>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/factorizations.h"
#include "keras/ops/linalg/matrix_operands.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

Tensor turned(const Tensor& x) { return swapaxes(x, -1, -2); }

Config or_none(const std::optional<double>& number) { return number ? Config(*number) : Config(); }

/// Runs or records a function of one tensor with several results.
template <typename Function>
Tensors all_of(const char* class_name, const Tensor& x, Config config, Function function) {
  if (!any_symbolic({x})) return function(Tensors{x});
  return record_op(class_name, {x}, std::move(config), function);
}

/// The distance from 1 to the next number of a float dtype.
double epsilon_of(DType dtype) {
  if (dtype == DType::kFloat64) return std::numeric_limits<double>::epsilon();
  if (dtype == DType::kFloat16) return 0x1p-10;
  if (dtype == DType::kBfloat16) return 0x1p-7;
  return static_cast<double>(std::numeric_limits<float>::epsilon());
}

double longer_side(const Tensor& x) {
  return static_cast<double>(std::max(x.shape()[-1], x.shape()[-2]));
}

Tensors svd_of(const Tensor& x, bool full) {
  return emit_all(svd_op, {x}, FactorizationAttrs{full});
}

/// The pseudo-inverse in which singular values below `rcond` times the largest count as 0.
Tensor pseudo_inverse(const Tensor& x, double rcond) {
  const Tensors parts = svd_of(x, false);
  const Tensor largest = max(parts[1], {.axis = -1, .keepdims = true});
  const Tensor counts = greater(parts[1], largest * rcond);
  const Tensor inverse =
      where(counts, reciprocal(where(counts, parts[1], 1)), zeros_like(parts[1]));
  const Tensor scaled = turned(parts[2]) * expand_dims(inverse, {.axis = -2});
  return matmul(scaled, turned(parts[0]));
}

Tensor lstsq_of(const Tensor& a, const Tensor& b, LstsqOptions o) {
  if (a.rank() != 2)
    throw ShapeError(str("Expected a to have rank 2. Received: a.shape=", a.shape()));
  if (b.rank() != 1 && b.rank() != 2)
    throw ShapeError(str("Expected b to have rank 1 or 2. Received: b.shape=", b.shape()));
  if (a.shape()[0] != b.shape()[0])
    throw ShapeError(
        str("Expected shapes of a and b to be compatible on the first axis. "
            "Received: a.shape=",
            a.shape(), ", b.shape=", b.shape()));
  const DType dtype = to_float_dtype(common_dtype(a, b));
  const Tensor x = cast(a, dtype);
  const double rcond = o.rcond.value_or(epsilon_of(dtype) * longer_side(x));
  return matmul(pseudo_inverse(x, rcond), cast(b, dtype));
}

}  // namespace

LuFactor lu_factor(const Tensor& x) {
  const Tensors out = all_of("LuFactor", x, Config::dict(), [](const Tensors& in) {
    return emit_all(lu_factor_op, {square_matrices(in[0])}, engine::NoAttrs{});
  });
  return {out[0], out[1]};
}

Qr qr(const Tensor& x, QrOptions o) {
  if (o.mode != "reduced" && o.mode != "complete")
    throw ValueError(
        str("`mode` argument value not supported. Expected one of {'reduced', 'complete'}. "
            "Received: mode=",
            o.mode));
  const bool full = o.mode == "complete";
  const Tensors out = all_of("Qr", x, {{"mode", o.mode}}, [full](const Tensors& in) {
    return emit_all(qr_op, {float_matrices(in[0])}, FactorizationAttrs{full});
  });
  return {out[0], out[1]};
}

Eigh eigh(const Tensor& x) {
  const Tensors out = all_of("Eigh", x, Config::dict(), [](const Tensors& in) {
    const Tensor matrix = square_matrices(in[0]);
    return emit_all(eigh_op, {(matrix + turned(matrix)) * 0.5}, engine::NoAttrs{});
  });
  return {out[0], out[1]};
}

Svd svd(const Tensor& x, SvdOptions o) {
  const Config config = {{"full_matrices", o.full_matrices}, {"compute_uv", true}};
  const Tensors out = all_of("SVD", x, config, [o](const Tensors& in) {
    return svd_of(float_matrices(in[0]), o.full_matrices);
  });
  return {out[0], out[1], out[2]};
}

Tensor singular_values(const Tensor& x) {
  return call_or_record("SVD", {x}, {{"full_matrices", true}, {"compute_uv", false}},
                        [](const Tensors& in) { return svd_of(float_matrices(in[0]), false)[1]; });
}

Tensor lstsq(const Tensor& a, const Tensor& b, LstsqOptions o) {
  return call_or_record("Lstsq", {a, b}, {{"rcond", or_none(o.rcond)}},
                        [o](const Tensors& in) { return lstsq_of(in[0], in[1], o); });
}

Tensor pinv(const Tensor& x, PinvOptions o) {
  return call_or_record("Pinv", {x}, {{"rcond", or_none(o.rcond)}}, [o](const Tensors& in) {
    const Tensor matrix = float_matrices(in[0]);
    const double usual = 10 * longer_side(matrix) * epsilon_of(matrix.dtype());
    return pseudo_inverse(matrix, o.rcond.value_or(usual));
  });
}

Tensor matrix_rank(const Tensor& x, MatrixRankOptions o) {
  return call_or_record("MatrixRank", {x}, {{"tol", or_none(o.tol)}}, [o](const Tensors& in) {
    const Tensor matrix = float_matrices(in[0]);
    const Tensor values = svd_of(matrix, false)[1];
    const double share = longer_side(matrix) * epsilon_of(matrix.dtype());
    const Tensor least =
        o.tol ? Tensor(*o.tol) : max(values, {.axis = -1, .keepdims = true}) * share;
    return sum(cast(greater(values, least), DType::kInt32), {.axis = -1});
  });
}

}  // namespace keras::ops
