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
  explicit Layout(std::vector<std::vector<std::int64_t>> places);
  virtual ~Layout() = default;
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  /// The product of all axes but the last.
  std::int64_t rows() const { return rows_; }
  /// Rows [first, last), which threads may share.
  void pack_rows(const std::byte* row_major, std::byte* packed, std::size_t element_bytes,
                 std::int64_t first, std::int64_t last) const;
  void pack(const std::byte* row_major, std::byte* packed, std::size_t element_bytes) const {
    pack_rows(row_major, packed, element_bytes, 0, rows_);
  }
  void unpack(const std::byte* packed, std::byte* row_major, std::size_t element_bytes) const;

  friend bool operator==(const Layout& a, const Layout& b) { return a.places_ == b.places_; }

 private:
  void for_each_run(std::int64_t first, std::int64_t last, const auto& copy) const;

  std::vector<std::vector<std::int64_t>> places_;
  std::int64_t rows_ = 1;
  std::int64_t run_ = 1;  ///< so many elements of a row lie together in both orders
};

/// Null means row-major.
using LayoutPtr = std::shared_ptr<const Layout>;

inline bool same_layout(const LayoutPtr& a, const LayoutPtr& b) {
  return a == b || (a && b && *a == *b);
}

}  // namespace keras::engine
