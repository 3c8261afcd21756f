#pragma once

#include <cstdint>
#include <vector>

#include "keras/engine/tensor/shape.h"

namespace keras::reference {

/// Counts through a shape in row-major order while following an offset with strides of its own.
class Odometer {
 public:
  Odometer(const Shape& shape, std::vector<std::int64_t> strides, std::int64_t start = 0)
      : shape_(shape),
        strides_(std::move(strides)),
        position_(static_cast<std::size_t>(shape.rank()), 0),
        offset_(start) {}

  std::int64_t offset() const { return offset_; }
  void advance() {
    for (int axis = shape_.rank(); axis-- > 0;) {
      const auto i = static_cast<std::size_t>(axis);
      offset_ += strides_[i];
      if (++position_[i] < shape_[axis]) return;
      offset_ -= strides_[i] * shape_[axis];
      position_[i] = 0;
    }
  }

 private:
  const Shape& shape_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> position_;
  std::int64_t offset_;
};

/// Strides with which a tensor is read as if it had the broadcast shape: 0 along stretched axes.
inline std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to) {
  const auto own = row_major_strides(from);
  std::vector<std::int64_t> strides(static_cast<std::size_t>(to.rank()), 0);
  const int added = to.rank() - from.rank();
  for (int axis = 0; axis < from.rank(); ++axis)
    if (from[axis] != 1)
      strides[static_cast<std::size_t>(axis + added)] = own[static_cast<std::size_t>(axis)];
  return strides;
}

}  // namespace keras::reference
