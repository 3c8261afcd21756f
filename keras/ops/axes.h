#pragma once

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace keras {

/// One axis, several, or (by default) all of them; negative ones count from the end.
class Axes {
 public:
  Axes() = default;
  Axes(std::nullopt_t) {}
  Axes(int axis) : axes_(std::vector<int>{axis}) {}
  Axes(std::initializer_list<int> axes) : axes_(axes) {}
  Axes(std::vector<int> axes) : axes_(std::move(axes)) {}

  bool all() const { return !axes_; }
  const std::optional<std::vector<int>>& value() const { return axes_; }

 private:
  std::optional<std::vector<int>> axes_;
};

}  // namespace keras
