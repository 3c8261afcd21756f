#pragma once

#include "keras/engine/tensor/tensor.h"

// Functions of keras.ops whose results are as long as the values say: outside of compiled functions
// and of symbolic tensors only, as on JAX.
namespace keras::ops {

/// The places of the elements that are not 0: an int32 vector for each axis. Throws ValueError
/// inside a compiled function and for symbolic tensors. Keras: keras.ops.nonzero.
Tensors nonzero(const Tensor& x);
/// The same. Keras: keras.ops.where with one argument.
Tensors where(const Tensor& condition);

/// Which values occur, and, each as int32, where each first occurs in the flattened tensor, the
/// place among the values of each element, and how often each occurs.
struct Unique {
  Tensor values, index, inverse, counts;
};
/// Of the flattened tensor, in ascending order. Throws ValueError as `nonzero` does. Keras:
/// keras.ops.unique without `axis` and `size`.
Unique unique(const Tensor& x);

struct IsinOptions {
  bool assume_unique = false;  ///< of no matter here
  bool invert = false;
};
/// Which elements of x1 occur in x2; works on any tensor. Keras: keras.ops.isin.
Tensor isin(const Tensor& x1, const Tensor& x2, IsinOptions options = {});

}  // namespace keras::ops
