#include "keras/ops/linalg/factorizations.h"

#include <algorithm>
#include <vector>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/core.h"
#include "keras/ops/linalg.h"
#include "keras/ops/numpy.h"
#include "keras/ops/operation.h"

// The gradients are those of Giles, "An extended collection of matrix derivative results" (2008),
// of Townsend, "Differentiating the Singular Value Decomposition" (2016), and for the factors of
// Cholesky and QR those of Murray (2016) and of Walter and Lehmann (2010).
namespace keras::ops {
namespace {

using engine::Backward;
using engine::NoAttrs;

Shape leading(const TensorSpec& spec) { return spec.shape.slice(0, spec.shape.rank() - 2); }

Specs infer_matrix(const Specs& in, const char* where) {
  if (!is_float(in[0].dtype) || in[0].shape.rank() < 2)
    throw ShapeError(str(where, ": takes floating point matrices, received ", in[0], "."));
  return {in[0]};
}
Specs infer_square(const Specs& in, const char* where) {
  infer_matrix(in, where);
  if (in[0].shape[-1] != in[0].shape[-2])
    throw ShapeError(str(where, ": takes square matrices, received ", in[0].shape, "."));
  return {in[0]};
}

Tensor turned(const Tensor& x) { return swapaxes(x, -1, -2); }
Tensor identity(std::int64_t n, DType dtype) { return eye(n, {.dtype = dtype}); }
/// x times the diagonal matrix of v.
Tensor scale_columns(const Tensor& x, const Tensor& v) { return x * expand_dims(v, {.axis = -2}); }

/// What arrives at an output, zeros where nothing does.
Tensor arriving(const Backward& b, int i) {
  const Tensor& gradient = b.cotangent(i);
  return gradient.defined() ? gradient : zeros_like(b.output(i));
}

/// From the gradient for all of a symmetric matrix to that for its lower triangle.
Tensor to_lower_triangle(const Tensor& gradient) {
  const Tensor both = gradient + turned(gradient);
  return tril(both) - gradient * identity(both.shape()[-1], both.dtype());
}

Tensors solve_gradient(const Backward& b, const NoAttrs&) {
  const Tensor right = emit(solve_op, {turned(b.input(0)), b.cotangent(0)});
  return {negative(matmul(right, turned(b.output(0)))), right};
}

Tensors slogdet_gradient(const Backward& b, const NoAttrs&) {
  const Tensor x = b.input(0);
  const Tensor unit = broadcast_to(identity(x.shape()[-1], x.dtype()), x.shape());
  const Tensor upstream = expand_dims(expand_dims(arriving(b, 1), {.axis = -1}), {.axis = -1});
  return {emit(solve_op, {turned(x), unit}) * upstream};
}

Tensors cholesky_gradient(const Backward& b, const NoAttrs&) {
  const Tensor factor = b.output(0);
  const Tensor unit = identity(factor.shape()[-1], factor.dtype());
  const Tensor product = tril(matmul(turned(factor), tril(b.cotangent(0))));
  const Tensor inner = product - product * unit * 0.5;
  const Tensor left = emit(solve_op, {turned(factor), inner});
  const Tensor whole = turned(emit(solve_op, {turned(factor), turned(left)}));
  return {to_lower_triangle((whole + turned(whole)) * 0.5)};
}

/// 1 / (to_j - to_i) off the diagonal, 0 on it.
Tensor inverse_gaps(const Tensor& values) {
  const Tensor unit = identity(values.shape()[-1], values.dtype());
  const Tensor gaps = expand_dims(values, {.axis = -2}) - expand_dims(values, {.axis = -1});
  return (1 - unit) / (gaps + unit);
}

Tensors eigh_gradient(const Backward& b, const NoAttrs&) {
  const Tensor values = b.output(0), vectors = b.output(1);
  const Tensor unit = identity(values.shape()[-1], values.dtype());
  const Tensor inner = scale_columns(unit, arriving(b, 0)) +
                       inverse_gaps(values) * matmul(turned(vectors), arriving(b, 1));
  const Tensor whole = matmul(matmul(vectors, inner), turned(vectors));
  return {to_lower_triangle((whole + turned(whole)) * 0.5)};
}

Tensors qr_gradient(const Backward& b, const FactorizationAttrs& attrs) {
  const Tensor q = b.output(0), r = b.output(1);
  const std::int64_t rows = b.input(0).shape()[-2], columns = b.input(0).shape()[-1];
  if (rows < columns || (attrs.full && rows > columns))
    throw ValueError(
        str("qr has a gradient for mode=\"reduced\" and matrices with at least as many rows as "
            "columns, received ",
            b.input(0).shape(), "."));
  const Tensor q_gradient = arriving(b, 0);
  const Tensor inner = matmul(r, turned(triu(arriving(b, 1)))) - matmul(turned(q_gradient), q);
  const Tensor below = tril(inner, {.k = -1});
  const Tensor symmetric = tril(inner) + turned(below);
  const Tensor whole = q_gradient + matmul(q, symmetric);
  return {turned(emit(solve_op, {r, turned(whole)}))};
}

/// The part of the gradient that comes from one side's vectors (as columns), before the other
/// side's are multiplied to it from the right.
Tensor from_vectors(const Tensor& vectors, const Tensor& gradient, const Tensor& values) {
  const Tensor product = matmul(turned(vectors), gradient);
  const Tensor gaps = inverse_gaps(square(values));
  const Tensor within = scale_columns(gaps * (product - turned(product)), values);
  const Tensor outside = scale_columns(gradient - matmul(vectors, product), reciprocal(values));
  return matmul(vectors, within) + outside;
}

Tensors svd_gradient(const Backward& b, const FactorizationAttrs& attrs) {
  const bool only_values = !b.cotangent(0).defined() && !b.cotangent(2).defined();
  if (attrs.full && !only_values && b.input(0).shape()[-1] != b.input(0).shape()[-2])
    throw ValueError("svd has a gradient for full_matrices=false, or for the values alone.");
  const Tensor values = b.output(1);
  const std::int64_t count = values.shape()[-1];
  const Tensor left = slice_axis(b.output(0), -1, 0, count);
  const Tensor right = turned(slice_axis(b.output(2), -2, 0, count));
  Tensor whole = matmul(scale_columns(left, arriving(b, 1)), turned(right));
  if (!only_values)
    whole = whole + matmul(from_vectors(left, arriving(b, 0), values), turned(right)) +
            matmul(left, turned(from_vectors(right, turned(arriving(b, 2)), values)));
  return {whole};
}

Specs infer_solve(const Specs& in, const NoAttrs&) {
  infer_square(in, "solve");
  if (in[1].dtype != in[0].dtype || in[1].shape.rank() != in[0].shape.rank() ||
      leading(in[1]) != leading(in[0]) || in[1].shape[-2] != in[0].shape[-1])
    throw ShapeError(str("solve: Incompatible shapes between `a` and `b`. Received: a.shape=",
                         in[0].shape, ", b.shape=", in[1].shape));
  return {in[1]};
}

Specs infer_qr(const Specs& in, const FactorizationAttrs& attrs) {
  infer_matrix(in, "qr");
  const std::int64_t rows = in[0].shape[-2], columns = in[0].shape[-1];
  const std::int64_t inner = attrs.full ? rows : std::min(rows, columns);
  return {{leading(in[0]).concat({rows, inner}), in[0].dtype},
          {leading(in[0]).concat({inner, columns}), in[0].dtype}};
}

Specs infer_svd(const Specs& in, const FactorizationAttrs& attrs) {
  infer_matrix(in, "svd");
  const std::int64_t rows = in[0].shape[-2], columns = in[0].shape[-1];
  const std::int64_t count = std::min(rows, columns);
  const Shape lead = leading(in[0]);
  return {{lead.concat({rows, attrs.full ? rows : count}), in[0].dtype},
          {lead.concat({count}), in[0].dtype},
          {lead.concat({attrs.full ? columns : count, columns}), in[0].dtype}};
}

}  // namespace

const engine::Op solve_op =
    engine::define_op<NoAttrs>({.name = "solve", .infer = infer_solve, .gradient = solve_gradient});

const engine::Op slogdet_op = engine::define_op<NoAttrs>({
    .name = "slogdet",
    .infer =
        [](const Specs& in, const NoAttrs&) {
          infer_square(in, "slogdet");
          return Specs{{leading(in[0]), in[0].dtype}, {leading(in[0]), in[0].dtype}};
        },
    .gradient = slogdet_gradient,
});

const engine::Op lu_factor_op = engine::define_op<NoAttrs>({
    .name = "lu_factor",
    .infer =
        [](const Specs& in, const NoAttrs&) {
          infer_square(in, "lu_factor");
          return Specs{in[0], {leading(in[0]).concat({in[0].shape[-1]}), DType::kInt32}};
        },
    .gradient = [](const Backward&, const NoAttrs&) -> Tensors {
      throw ValueError("lu_factor has no gradient; solve, inv and slogdet have one.");
    },
});

const engine::Op cholesky_op = engine::define_op<NoAttrs>({
    .name = "cholesky",
    .infer = [](const Specs& in, const NoAttrs&) { return infer_square(in, "cholesky"); },
    .gradient = cholesky_gradient,
});

const engine::Op qr_op = engine::define_op<FactorizationAttrs>(
    {.name = "qr", .infer = infer_qr, .gradient = qr_gradient});

const engine::Op eigh_op = engine::define_op<NoAttrs>({
    .name = "eigh",
    .infer =
        [](const Specs& in, const NoAttrs&) {
          infer_square(in, "eigh");
          return Specs{{leading(in[0]).concat({in[0].shape[-1]}), in[0].dtype}, in[0]};
        },
    .gradient = eigh_gradient,
});

const engine::Op svd_op = engine::define_op<FactorizationAttrs>(
    {.name = "svd", .infer = infer_svd, .gradient = svd_gradient});

}  // namespace keras::ops
