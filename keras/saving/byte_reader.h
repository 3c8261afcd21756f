#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace keras::saving {

/// The little-endian number in the first `width` (at most 8) bytes at `offset`; nothing where they
/// leave the span.
inline std::optional<std::uint64_t> read_little(std::span<const std::byte> bytes,
                                                std::uint64_t offset, std::size_t width) {
  if (offset > bytes.size() || width > bytes.size() - offset) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = width; i > 0; --i)
    value = (value << 8) | std::to_integer<std::uint64_t>(bytes[offset + i - 1]);
  return value;
}

/// The part [offset, offset + size), or nothing where it leaves the span.
inline std::optional<std::span<const std::byte>> part_of(std::span<const std::byte> bytes,
                                                         std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
  return bytes.subspan(offset, size);
}

}  // namespace keras::saving
