#pragma once

#include <string_view>
#include <vector>

#include "keras/engine/tensor/tensor.h"

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

}  // namespace keras::ops
