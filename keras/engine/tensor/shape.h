#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keras {

/// A dimension that is known only when data comes, Keras's None.
inline constexpr std::int64_t kUnknown = -1;

/// The sizes of a tensor's axes, outermost first; `kUnknown` where a symbolic tensor leaves one
/// open.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}
  explicit Shape(std::span<const std::int64_t> dims) : dims_(dims.begin(), dims.end()) {}

  int rank() const { return static_cast<int>(dims_.size()); }
  bool empty() const { return dims_.empty(); }
  /// The size of an axis; a negative axis counts from the end. No check: normalize first.
  std::int64_t operator[](int axis) const {
    return dims_[static_cast<std::size_t>(axis < 0 ? axis + rank() : axis)];
  }
  std::int64_t& operator[](int axis) {
    return dims_[static_cast<std::size_t>(axis < 0 ? axis + rank() : axis)];
  }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  auto begin() { return dims_.begin(); }
  auto end() { return dims_.end(); }
  const std::vector<std::int64_t>& dims() const { return dims_; }
  void push_back(std::int64_t dim) { dims_.push_back(dim); }
  void insert(int axis, std::int64_t dim) { dims_.insert(dims_.begin() + axis, dim); }
  void erase(int axis) { dims_.erase(dims_.begin() + axis); }
  /// The axes [from, to); `to` left out means up to the last.
  Shape slice(int from, std::optional<int> to = {}) const;
  Shape concat(const Shape& tail) const;

  /// True when no axis is unknown.
  bool is_static() const;
  /// The number of elements, 1 for a scalar. Throws ValueError on an unknown axis or overflow.
  std::int64_t size() const;
  /// As Keras prints it: "(None, 64)", "(3,)", "()".
  std::string to_string() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> dims_;
};

/// Row-major strides in elements.
std::vector<std::int64_t> row_major_strides(const Shape& shape);

/// NumPy's broadcasting of two shapes; `where` names the operation in the error.
Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view where);

/// An axis in [0, rank) for one in [-rank, rank); throws ValueError naming `where`.
int normalize_axis(std::string_view where, int axis, int rank);
/// The same for several, sorted; a repeated axis is an error. None given means all axes.
std::vector<int> normalize_axes(std::string_view where, const std::optional<std::vector<int>>& axes,
                                int rank);

}  // namespace keras
