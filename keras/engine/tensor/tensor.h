#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "keras/engine/tensor/spec.h"
#include "keras/engine/tensor/storage.h"

namespace keras {

namespace engine {
struct Node;
}

/// An n-dimensional array: one handle for values, for work that is still pending, and for the
/// symbolic tensors that `Input` makes. Copies share. An operation only notes what is to be done;
/// `data`, printing or `eval` does it. Values never change once they are there.
class Tensor {
 public:
  /// No tensor at all; `defined()` is false.
  Tensor() = default;
  /// A scalar that takes the dtype of what it meets, like a Python number: `x * 2`.
  template <typename T>
  requires std::integral<T> || std::floating_point<T> Tensor(T value)
      : Tensor(std::same_as<T, bool>    ? scalar(static_cast<bool>(value))
               : std::floating_point<T> ? scalar(static_cast<double>(value))
                                        : scalar(static_cast<std::int64_t>(value))) {}

  /// A copy of values in row-major order. Throws ShapeError unless there are `shape.size()` of
  /// them.
  template <typename T>
  static Tensor from(std::span<const T> values, const Shape& shape) {
    return copy_of(values.data(), values.size(), dtype_of_v<T>, shape);
  }
  template <typename T>
  static Tensor from(const std::vector<T>& values, const Shape& shape) {
    return copy_of(values.data(), values.size(), dtype_of_v<T>, shape);
  }
  template <typename T>
  static Tensor from(const T* values, const Shape& shape) {
    return copy_of(values, static_cast<std::size_t>(shape.size()), dtype_of_v<T>, shape);
  }
  static Tensor from(const std::vector<bool>& values, const Shape& shape);
  /// A vector: `Tensor::of<float>({1, 2, 3})`.
  template <typename T>
  static Tensor of(std::initializer_list<T> values) {
    return copy_of(values.begin(), values.size(), dtype_of_v<T>,
                   Shape{static_cast<std::int64_t>(values.size())});
  }
  /// The given bytes, without a copy, in row-major order. Throws ShapeError when they are too few.
  static Tensor from_storage(TensorSpec spec, Storage storage);

  bool defined() const { return node_ != nullptr; }
  const TensorSpec& spec() const;
  const Shape& shape() const { return spec().shape; }
  DType dtype() const { return spec().dtype; }
  int rank() const { return shape().rank(); }
  std::int64_t size() const { return shape().size(); }
  /// True for what descends from `Input`: a shape and a history, but never values.
  bool is_symbolic() const;

  /// Does the pending work. Throws ValueError for a symbolic tensor and inside a traced function.
  const Tensor& eval() const;
  /// The values in row-major order. Throws DtypeError unless T is the tensor's dtype.
  template <typename T>
  std::span<const T> data() const {
    return {static_cast<const T*>(checked_data(dtype_of_v<T>)), static_cast<std::size_t>(size())};
  }
  /// The values converted to T, in row-major order.
  template <typename T>
  std::vector<T> to_vector() const;
  /// The only value of a tensor of size 1, converted to T.
  template <typename T>
  T item() const;
  const void* raw_data() const;
  /// The bytes behind an evaluated tensor.
  const Storage& storage() const;
  /// Values and shape, as NumPy prints them; of a symbolic tensor its description.
  std::string to_string() const;

  /// Which time steps count (Keras's `_keras_mask`): travels with the handle through layers.
  const Tensor* mask() const { return mask_.get(); }
  Tensor with_mask(const Tensor& mask) const;
  Tensor without_mask() const;

  /// The same work or the same values, not equal ones.
  bool is_same(const Tensor& other) const { return node_ == other.node_ && index_ == other.index_; }

  // For the engine and the operations.
  Tensor(std::shared_ptr<engine::Node> node, int index) : node_(std::move(node)), index_(index) {}
  const std::shared_ptr<engine::Node>& node() const { return node_; }
  int index() const { return index_; }

 private:
  static Tensor scalar(bool value);
  static Tensor scalar(double value);
  static Tensor scalar(std::int64_t value);
  static Tensor copy_of(const void* values, std::size_t count, DType dtype, const Shape& shape);
  const void* checked_data(DType dtype) const;

  std::shared_ptr<engine::Node> node_;
  std::shared_ptr<const Tensor> mask_;
  int index_ = 0;
};

using Tensors = std::vector<Tensor>;

}  // namespace keras
