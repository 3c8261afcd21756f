#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Keras: keras.ops.cast. The same values in another dtype.
Tensor cast(const Tensor& x, DType dtype);
/// The same, with what the dtype cannot hold at its bounds. Keras: keras.ops.saturate_cast.
Tensor saturate_cast(const Tensor& x, DType dtype);
/// Where a piece of a tensor starts: one index an axis, given as numbers or as a tensor of
/// integers.
class StartIndices {
 public:
  StartIndices(std::initializer_list<std::int64_t> numbers) : numbers_(numbers) {}
  StartIndices(std::vector<std::int64_t> numbers) : numbers_(std::move(numbers)) {}
  StartIndices(Tensor tensor) : tensor_(std::move(tensor)) {}
  /// Undefined where numbers were given.
  const Tensor& tensor() const { return tensor_; }
  const std::vector<std::int64_t>& numbers() const { return numbers_; }

 private:
  std::vector<std::int64_t> numbers_;
  Tensor tensor_;
};
/// A piece of a shape that starts at some indices; a size of -1 reaches to the end (numbers only).
/// A piece that does not lie inside is moved, as on JAX. Keras: keras.ops.slice.
Tensor slice(const Tensor& inputs, const StartIndices& start_indices, const Shape& shape);
/// inputs with such a piece replaced. Keras: keras.ops.slice_update.
Tensor slice_update(const Tensor& inputs, const StartIndices& start_indices, const Tensor& updates);
/// Zeros of a shape to which values are added at indices (…, k) into its first k axes.
/// Keras: keras.ops.scatter.
Tensor scatter(const Tensor& indices, const Tensor& values, const Shape& shape);
struct ScatterUpdateOptions {
  std::string reduction = {};  ///< "add", "max", "min" or "mul"; the last update stays if empty.
};
/// inputs with values replaced, or combined, at indices (…, k) into the first k axes.
/// Keras: keras.ops.scatter_update.
Tensor scatter_update(const Tensor& inputs, const Tensor& indices, const Tensor& updates,
                      ScatterUpdateOptions options = {});
/// Keras: keras.ops.stop_gradient. The same value, through which no gradient flows.
Tensor stop_gradient(const Tensor& x);

/// The dtype that an operation on both computes in; a number written in the program yields to a
/// tensor's dtype.
DType common_dtype(const Tensor& a, const Tensor& b);

}  // namespace keras::ops
