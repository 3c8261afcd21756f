#include "keras/engine/error.h"
#include "keras/engine/graph/trace.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/factorizations.h"
#include "keras/ops/linalg/matrix_operands.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

Shape leading(const Tensor& x) { return x.shape().slice(0, x.rank() - 2); }
Tensor turned(const Tensor& x) { return swapaxes(x, -1, -2); }

Tensor solve_matrices(const Tensor& a, const Tensor& b) {
  if (a.shape()[-2] != b.shape()[-2])
    throw ShapeError(
        str("Incompatible shapes between `a` and `b`. Expected `a.shape[-2] == b.shape[-2]`. "
            "Received: a.shape=",
            a.shape(), ", b.shape=", b.shape()));
  const Shape lead = broadcast_shapes(leading(a), leading(b), "solve");
  const auto spread = [&](const Tensor& x) {
    return broadcast_to(x, lead.concat({x.shape()[-2], x.shape()[-1]}));
  };
  return emit(solve_op, {spread(a), spread(b)});
}

Tensor solve_any(const Tensor& a, const Tensor& b) {
  const DType dtype = to_float_dtype(common_dtype(a, b));
  const Tensor matrix = cast(square_matrices(a), dtype);
  if (b.rank() != a.rank() - 1) return solve_matrices(matrix, cast(float_matrices(b), dtype));
  if (a.shape()[-1] != b.shape()[-1])
    throw ShapeError(
        str("Incompatible shapes between `a` and `b`. Expected `a.shape[-1] == b.shape[-1]`. "
            "Received: a.shape=",
            a.shape(), ", b.shape=", b.shape()));
  const Tensor column = expand_dims(cast(b, dtype), {.axis = -1});
  return squeeze(solve_matrices(matrix, column), {.axis = -1});
}

Tensor factor_of(const Tensor& given, CholeskyOptions o) {
  const Tensor x = square_matrices(given);
  const Tensor factor = emit(cholesky_op, {(x + turned(x)) * 0.5});
  if (!engine::Trace::compiling() && any(isnan(factor)).item<bool>())
    throw ValueError(
        "Cholesky decomposition failed. The input might not be a valid positive definite matrix.");
  return o.upper ? turned(factor) : factor;
}

Tensors slogdet_of(const Tensors& in) {
  const Tensor x = square_matrices(in[0]);
  return emit_all(slogdet_op, {x}, engine::NoAttrs{});
}

}  // namespace

Tensor float_matrices(const Tensor& x) {
  if (x.rank() < 2)
    throw ShapeError(
        str("Expected input to have rank >= 2. Received input with shape ", x.shape(), "."));
  return cast(x, to_float_dtype(x.dtype()));
}

Tensor square_matrices(const Tensor& x) {
  if (x.rank() >= 2 && x.shape()[-1] != x.shape()[-2])
    throw ShapeError(
        str("Expected a square matrix. Received non-square input with shape ", x.shape()));
  return float_matrices(x);
}

Tensor solve(const Tensor& a, const Tensor& b) {
  return call_or_record("Solve", {a, b}, Config::dict(),
                        [](const Tensors& in) { return solve_any(in[0], in[1]); });
}

Tensor solve_triangular(const Tensor& a, const Tensor& b, SolveTriangularOptions o) {
  return call_or_record("SolveTriangular", {a, b}, {{"lower", o.lower}}, [o](const Tensors& in) {
    const Tensor matrix = square_matrices(in[0]);
    return solve_any(o.lower ? tril(matrix) : triu(matrix), in[1]);
  });
}

Tensor inv(const Tensor& x) {
  return call_or_record("Inv", {x}, Config::dict(), [](const Tensors& in) {
    const Tensor matrix = square_matrices(in[0]);
    return solve_matrices(matrix, eye(matrix.shape()[-1], {.dtype = matrix.dtype()}));
  });
}

Tensor det(const Tensor& x) {
  return call_or_record("Det", {x}, Config::dict(), [](const Tensors& in) {
    const Tensors parts = slogdet_of(in);
    return parts[0] * exp(parts[1]);
  });
}

SignAndLogDet slogdet(const Tensor& x) {
  const Tensors out =
      any_symbolic({x}) ? record_op("Slogdet", {x}, Config::dict(), slogdet_of) : slogdet_of({x});
  return {out[0], out[1]};
}

Tensor logdet(const Tensor& x) {
  return call_or_record("Logdet", {x}, Config::dict(), [](const Tensors& in) {
    const Tensor factor = factor_of(in[0], {});
    return sum(log(diagonal(factor, {.axis1 = -2, .axis2 = -1})), {.axis = -1}) * 2;
  });
}

Tensor cholesky(const Tensor& x, CholeskyOptions o) {
  return call_or_record("Cholesky", {x}, {{"upper", o.upper}},
                        [o](const Tensors& in) { return factor_of(in[0], o); });
}

Tensor cholesky_inverse(const Tensor& x, CholeskyOptions o) {
  return call_or_record("CholeskyInverse", {x}, {{"upper", o.upper}}, [o](const Tensors& in) {
    const Tensor factor = square_matrices(in[0]);
    const Tensor lower = o.upper ? turned(triu(factor)) : tril(factor);
    const Tensor inverse =
        solve_matrices(lower, eye(factor.shape()[-1], {.dtype = factor.dtype()}));
    return matmul(turned(inverse), inverse);
  });
}

}  // namespace keras::ops
