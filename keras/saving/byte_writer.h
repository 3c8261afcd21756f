#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keras::saving {

/// A growing block of bytes for headers: little-endian numbers, text and padding.
class ByteWriter {
 public:
  void number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      bytes_.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xff));
  }
  void text(std::string_view value) { append(std::as_bytes(std::span(value))); }
  void append(std::span<const std::byte> value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
  /// Zeros up to the next multiple of `unit`.
  void align(std::size_t unit) { zeros((unit - bytes_.size() % unit) % unit); }

  /// Replaces bytes that were written before.
  void overwrite(std::size_t position, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      bytes_[position + i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
  }
  void overwrite(std::size_t position, std::span<const std::byte> value) {
    std::copy(value.begin(), value.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(position));
  }

  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> bytes() const { return bytes_; }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace keras::saving
