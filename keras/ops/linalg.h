#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keras/engine/tensor/tensor.h"
#include "keras/ops/axes.h"

namespace keras::ops {

/// The matrix product over the last two axes; leading axes broadcast. A vector stands for a row on
/// the left and a column on the right, and its axis is missing in the result.
/// Keras: keras.ops.matmul.
Tensor matmul(const Tensor& x1, const Tensor& x2);

/// Sums products over the last axis of `x1` and the last but one of `x2` (the only one of a
/// vector), without broadcasting; a scalar multiplies. Keras: keras.ops.dot.
Tensor dot(const Tensor& x1, const Tensor& x2);

/// Sums products over the last `axes` axes of `x1` and the first `axes` of `x2`, in order.
/// Keras: keras.ops.tensordot.
Tensor tensordot(const Tensor& x1, const Tensor& x2, int axes = 2);
/// The same over axes of `x1` paired with axes of `x2`.
Tensor tensordot(const Tensor& x1, const Tensor& x2, const std::vector<int>& x1_axes,
                 const std::vector<int>& x2_axes);

/// All products of elements of the flattened tensors: (m, n). Keras: keras.ops.outer.
Tensor outer(const Tensor& x1, const Tensor& x2);
/// Sums products over the last axes of both. Keras: keras.ops.inner.
Tensor inner(const Tensor& x1, const Tensor& x2);
/// The dot product of the flattened tensors. Keras: keras.ops.vdot.
Tensor vdot(const Tensor& x1, const Tensor& x2);
/// Each element of `x1` times the whole of `x2`, as blocks. Keras: keras.ops.kron.
Tensor kron(const Tensor& x1, const Tensor& x2);
/// The cross product of vectors of 3 components in the last axes. Keras: keras.ops.cross.
Tensor cross(const Tensor& x1, const Tensor& x2);

/// Einstein's summation, such as "bij,bjk->bik"; "..." stands for axes that broadcast, and without
/// "->" the result has the labels that occur once, in alphabetical order. Keras: keras.ops.einsum.
Tensor einsum(std::string_view subscripts, const Tensors& operands);

// What follows works on the matrices in the last two axes, one by one.

/// The x with a x = b; b is a matrix, or a vector where it has one axis less than `a`. Not finite
/// where `a` is singular. Keras: keras.ops.solve.
Tensor solve(const Tensor& a, const Tensor& b);
struct SolveTriangularOptions {
  bool lower = false;
};
/// The same for one triangle of `a`. Keras: keras.ops.solve_triangular.
Tensor solve_triangular(const Tensor& a, const Tensor& b, SolveTriangularOptions options = {});
/// Keras: keras.ops.inv.
Tensor inv(const Tensor& x);
/// Keras: keras.ops.det.
Tensor det(const Tensor& x);
/// Sign and logarithm of the absolute value of the determinant.
struct SignAndLogDet {
  Tensor sign, logdet;
};
/// Keras: keras.ops.slogdet.
SignAndLogDet slogdet(const Tensor& x);
/// The logarithm of the determinant of positive definite matrices. Keras: keras.ops.logdet.
Tensor logdet(const Tensor& x);

struct CholeskyOptions {
  bool upper = false;
};
/// The triangular factor. Throws ValueError for a matrix that is not positive definite; inside a
/// compiled function its factor is NaN. Keras: keras.ops.cholesky.
Tensor cholesky(const Tensor& x, CholeskyOptions options = {});
/// The inverse of the matrix whose factor is given. Keras: keras.ops.cholesky_inverse.
Tensor cholesky_inverse(const Tensor& x, CholeskyOptions options = {});
/// L and U in one matrix, and the row that each row was swapped with. No gradient.
struct LuFactor {
  Tensor lu, pivots;
};
/// Keras: keras.ops.lu_factor.
LuFactor lu_factor(const Tensor& x);
struct QrOptions {
  std::string mode = "reduced";  ///< or "complete": a square Q
};
struct Qr {
  Tensor q, r;
};
/// Keras: keras.ops.qr.
Qr qr(const Tensor& x, QrOptions options = {});
/// Eigenvalues in ascending order, and eigenvectors as columns.
struct Eigh {
  Tensor eigenvalues, eigenvectors;
};
/// Of symmetric matrices. Keras: keras.ops.eigh.
Eigh eigh(const Tensor& x);
struct SvdOptions {
  bool full_matrices = true;
};
/// x = u diag(s) vh, with s in descending order.
struct Svd {
  Tensor u, s, vh;
};
/// Keras: keras.ops.svd; the gradient of the vectors needs `full_matrices` = false.
Svd svd(const Tensor& x, SvdOptions options = {});
/// The singular values alone: keras.ops.svd with compute_uv=False.
Tensor singular_values(const Tensor& x);

struct LstsqOptions {
  /// Singular values below this share of the largest one count as 0.
  std::optional<double> rcond = {};
};
/// The x of least length that minimizes the length of b - a x. Keras: keras.ops.lstsq.
Tensor lstsq(const Tensor& a, const Tensor& b, LstsqOptions options = {});
struct PinvOptions {
  std::optional<double> rcond = {};
};
/// The pseudo-inverse of Moore and Penrose. Keras: keras.ops.pinv.
Tensor pinv(const Tensor& x, PinvOptions options = {});
struct MatrixRankOptions {
  std::optional<double> tol = {};  ///< singular values above it count
};
/// As int32. Keras: keras.ops.matrix_rank.
Tensor matrix_rank(const Tensor& x, MatrixRankOptions options = {});

/// `ord` of a norm: a number (also ±infinity), "fro", "nuc", or nothing.
class NormOrder {
 public:
  NormOrder() = default;
  NormOrder(double number) : number_(number) {}
  NormOrder(std::integral auto number) : number_(static_cast<double>(number)) {}
  /// Throws ValueError for other names.
  NormOrder(const char* name);
  const std::optional<double>& number() const { return number_; }
  const std::string& name() const { return name_; }

 private:
  std::optional<double> number_;
  std::string name_;
};
struct NormOptions {
  NormOrder ord = {};
  Axes axis = {};
  bool keepdims = false;
};
/// Of vectors along one axis, of matrices in two, or of all elements. Keras: keras.ops.norm.
Tensor norm(const Tensor& x, NormOptions options = {});

}  // namespace keras::ops
