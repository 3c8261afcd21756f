#include "keras/engine/tensor/shape.h"

#include <algorithm>
#include <string>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

std::string dim_text(std::int64_t dim) { return dim == kUnknown ? "None" : std::to_string(dim); }

/// A Python slice's bound: negative counts from the end, beyond either end stops there.
int slice_bound(int bound, int rank) {
  return std::clamp(bound < 0 ? bound + rank : bound, 0, rank);
}

[[noreturn]] void throw_broadcast(std::int64_t x, std::int64_t y, const Shape& a, const Shape& b,
                                  std::string_view where) {
  throw ShapeError(str(where, ": Cannot broadcast shape, the failure dim has value ", dim_text(x),
                       ", which cannot be broadcasted to ", dim_text(y), ". Input shapes are: ", a,
                       " and ", b, "."));
}

}  // namespace

Shape Shape::slice(int from, std::optional<int> to) const {
  const int begin = slice_bound(from, rank());
  const int end = std::max(begin, slice_bound(to.value_or(rank()), rank()));
  return Shape(std::vector<std::int64_t>(dims_.begin() + begin, dims_.begin() + end));
}

Shape Shape::concat(const Shape& tail) const {
  Shape out = *this;
  out.dims_.insert(out.dims_.end(), tail.dims_.begin(), tail.dims_.end());
  return out;
}

bool Shape::is_static() const {
  return std::none_of(dims_.begin(), dims_.end(), [](std::int64_t dim) { return dim < 0; });
}

std::int64_t Shape::size() const {
  if (!is_static())
    throw ValueError(str("The shape ", *this, " has an unknown dimension, so it has no size."));
  if (std::find(dims_.begin(), dims_.end(), 0) != dims_.end()) return 0;
  std::int64_t size = 1;
  for (const std::int64_t dim : dims_) {
    if (__builtin_mul_overflow(size, dim, &size))
      throw ValueError(str("The shape ", *this, " has more elements than 64 bits can count."));
  }
  return size;
}

std::string Shape::to_string() const {
  std::vector<std::string> pieces;
  for (const std::int64_t dim : dims_) pieces.push_back(dim_text(dim));
  return str("(", join(pieces, ", "), pieces.size() == 1 ? ",)" : ")");
}

std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.dims().size());
  std::int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view where) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank));
  for (int axis = -1; axis >= -rank; --axis) {
    const std::int64_t x = -axis <= a.rank() ? a[axis] : 1;
    const std::int64_t y = -axis <= b.rank() ? b[axis] : 1;
    std::int64_t& out = dims[static_cast<std::size_t>(rank + axis)];
    if (x == y || y == 1) {
      out = x;
    } else if (x == 1 || x == kUnknown) {
      out = y;
    } else if (y == kUnknown) {
      out = x;
    } else {
      throw_broadcast(x, y, a, b, where);
    }
  }
  return Shape(std::move(dims));
}

int normalize_axis(std::string_view where, int axis, int rank) {
  if (axis < -rank || axis >= rank) {
    throw ValueError(
        str(where, ": axis ", axis, " is out of bounds for an array with dimension ", rank, "."),
        rank == 0 ? std::string("a scalar has no axes")
                  : str("use an axis in [", -rank, ", ", rank - 1, "]"));
  }
  return axis < 0 ? axis + rank : axis;
}

std::vector<int> normalize_axes(std::string_view where, const std::optional<std::vector<int>>& axes,
                                int rank) {
  std::vector<int> out;
  if (!axes) {
    for (int axis = 0; axis < rank; ++axis) out.push_back(axis);
    return out;
  }
  for (const int axis : *axes) out.push_back(normalize_axis(where, axis, rank));
  std::sort(out.begin(), out.end());
  const auto repeated = std::adjacent_find(out.begin(), out.end());
  if (repeated != out.end())
    throw ValueError(str(where, ": axis ", *repeated, " is given more than once."));
  return out;
}

}  // namespace keras
