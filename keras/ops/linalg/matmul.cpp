#include "keras/ops/linalg/matmul.h"

#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/ops/elementwise/elementwise.h"
#include "keras/ops/linalg.h"
#include "keras/ops/linalg/operands.h"
#include "keras/ops/numpy.h"
#include "keras/ops/record.h"

namespace keras::ops {
namespace {

Specs infer_matmul(const Specs& in, const MatmulAttrs& attrs) {
  const Shape& a = in[0].shape;
  const Shape& b = in[1].shape;
  if (a.rank() < 2 || b.rank() < 2)
    throw ShapeError(str("matmul: matrices are needed, received shapes ", a, " and ", b, "."));
  if (in[0].dtype != in[1].dtype)
    throw DtypeError(
        str("matmul: one dtype is needed, received ", in[0].dtype, " and ", in[1].dtype, "."));
  const std::int64_t a_inner = attrs.transpose_a ? a[-2] : a[-1];
  const std::int64_t b_inner = attrs.transpose_b ? b[-1] : b[-2];
  if (a_inner != b_inner)
    throw ShapeError(
        str("Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but "
            "received `x1.shape=",
            a, "` and `x2.shape=", b, "`."));
  Shape out = broadcast_shapes(a.slice(0, a.rank() - 2), b.slice(0, b.rank() - 2), "matmul");
  out.push_back(attrs.transpose_a ? a[-1] : a[-2]);
  out.push_back(attrs.transpose_b ? b[-2] : b[-1]);
  return {{std::move(out), in[0].dtype}};
}

/// A stack of matrices as one tall matrix.
Tensor flatten_rows(const Tensor& x) { return reshape(x, {-1, x.shape()[-1]}); }

Tensor gradient_of_right(const Tensor& a, const Tensor& b, const Tensor& dy,
                         const MatmulAttrs& attrs) {
  // A stack times one matrix, as in Dense on sequences: one large product does what a product for
  // each matrix of the stack and a sum over them would.
  if (b.rank() == 2 && a.rank() > 2 && !attrs.transpose_a) {
    const Tensor rows = flatten_rows(a), dy_rows = flatten_rows(dy);
    if (attrs.transpose_b) return emit(matmul_op, {dy_rows, rows}, MatmulAttrs{true, false});
    return emit(matmul_op, {rows, dy_rows}, MatmulAttrs{true, false});
  }
  const Tensor full = attrs.transpose_b
                          ? emit(matmul_op, {dy, a}, MatmulAttrs{true, attrs.transpose_a})
                          : emit(matmul_op, {a, dy}, MatmulAttrs{!attrs.transpose_a, false});
  return sum_to_shape(full, b.shape());
}

Tensor gradient_of_left(const Tensor& a, const Tensor& b, const Tensor& dy,
                        const MatmulAttrs& attrs) {
  const Tensor full = attrs.transpose_a
                          ? emit(matmul_op, {b, dy}, MatmulAttrs{attrs.transpose_b, true})
                          : emit(matmul_op, {dy, b}, MatmulAttrs{false, !attrs.transpose_b});
  return sum_to_shape(full, a.shape());
}

Tensors matmul_gradient(const engine::Backward& b, const MatmulAttrs& attrs) {
  const Tensor& dy = b.cotangent(0);
  Tensors out(2);
  if (b.needs(0)) out[0] = gradient_of_left(b.input(0), b.input(1), dy, attrs);
  if (b.needs(1)) out[1] = gradient_of_right(b.input(0), b.input(1), dy, attrs);
  return out;
}

Tensor matmul_of_values(const Tensor& x1, const Tensor& x2) {
  if (x1.rank() == 0 || x2.rank() == 0)
    throw ShapeError(str("matmul: `x1` and `x2` must be at least 1-dimensional, received shapes ",
                         x1.shape(), " and ", x2.shape(), "."));
  auto [a, b] = to_product_dtype(x1, x2);
  if (x1.rank() == 1) a = reshape(a, {1, x1.shape()[0]});
  if (x2.rank() == 1) b = reshape(b, {x2.shape()[0], 1});
  const Tensor product = emit(matmul_op, {a, b}, MatmulAttrs{});
  Shape shape = product.shape();
  if (x2.rank() == 1) shape.erase(shape.rank() - 1);
  if (x1.rank() == 1) shape.erase(shape.rank() - (x2.rank() == 1 ? 1 : 2));
  return shape == product.shape() ? product : reshape(product, shape);
}

}  // namespace

const engine::Op matmul_op = engine::define_op<MatmulAttrs>({
    .name = "matmul",
    .infer = infer_matmul,
    .gradient = matmul_gradient,
});

Tensor matmul(const Tensor& x1, const Tensor& x2) {
  return call_or_record("Matmul", {x1, x2}, Config::dict(),
                        [](const Tensors& in) { return matmul_of_values(in[0], in[1]); });
}

}  // namespace keras::ops
