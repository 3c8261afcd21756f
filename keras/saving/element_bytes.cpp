#include "keras/saving/element_bytes.h"

#include <algorithm>

namespace keras::saving {

void swap_bytes(std::span<std::byte> bytes, std::size_t size) {
  if (size < 2) return;
  for (std::size_t at = 0; at + size <= bytes.size(); at += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
}

std::string_view element_fault(std::span<const std::byte> bytes, DType dtype, bool unsigned_64) {
  if (dtype == DType::kBool &&
      std::any_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte > std::byte{1}; }))
    return "a boolean is neither 0 nor 1";
  if (unsigned_64) {
    for (std::size_t at = 7; at < bytes.size(); at += 8)
      if ((bytes[at] & std::byte{0x80}) != std::byte{0})
        return "an unsigned integer does not fit in 64 bits with a sign";
  }
  return {};
}

}  // namespace keras::saving
