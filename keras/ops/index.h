#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "keras/engine/tensor/tensor.h"

namespace keras::ops {

/// Python's `start:stop:step`; what is left out reaches to the end.
struct Slice {
  std::optional<std::int64_t> start = {};
  std::optional<std::int64_t> stop = {};
  std::optional<std::int64_t> step = {};
};

struct NewAxis {};
struct Ellipsis {};
/// In a key: a new axis of size 1 (Python's None).
inline constexpr NewAxis newaxis{};
/// In a key: all the axes that the rest of the key does not speak of (Python's ...).
inline constexpr Ellipsis ellipsis{};

/// One entry of the key in `get_item(x, {0, Slice{.stop = -1}, ellipsis, newaxis})`: an integer
/// (which removes its axis), a slice, `newaxis`, `ellipsis`, or a tensor of integers, whose axes
/// replace the axis.
class Index {
 public:
  template <std::integral T>
  Index(T position) : value_(static_cast<std::int64_t>(position)) {}
  Index(Slice slice) : value_(slice) {}
  Index(NewAxis axis) : value_(axis) {}
  Index(Ellipsis rest) : value_(rest) {}
  Index(Tensor positions) : value_(std::move(positions)) {}

  /// The entry as a T, or nullptr.
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&value_);
  }

 private:
  std::variant<std::int64_t, Slice, NewAxis, Ellipsis, Tensor> value_;
};

}  // namespace keras::ops
