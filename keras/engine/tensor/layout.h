#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace keras::engine {

/// An order of a tensor's elements in memory other than row-major that a kernel asked for: the same
/// elements, permuted. Each axis adds to an element's place on its own, as in blocked layouts.
class Layout {
 public:
  /// An element's place is the sum, over the axes, of `places[axis][index along the axis]`.
  explicit Layout(std::vector<std::vector<std::int64_t>> places) : places_(std::move(places)) {}
  virtual ~Layout() = default;
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  void pack(const std::byte* row_major, std::byte* packed, std::size_t element_bytes) const;
  void unpack(const std::byte* packed, std::byte* row_major, std::size_t element_bytes) const;

  friend bool operator==(const Layout& a, const Layout& b) { return a.places_ == b.places_; }

 private:
  std::vector<std::vector<std::int64_t>> places_;
};

/// Null means row-major.
using LayoutPtr = std::shared_ptr<const Layout>;

inline bool same_layout(const LayoutPtr& a, const LayoutPtr& b) {
  return a == b || (a && b && *a == *b);
}

}  // namespace keras::engine
