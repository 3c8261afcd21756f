#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace keras::saving {

/// What a zip's central directory says of one member.
struct ZipEntry {
  std::string name;
  std::uint32_t crc;
  std::uint64_t compressed_size;
  std::uint64_t size;
  std::uint64_t header_offset;
};

/// The entries of a zip in the directory's order; nothing where the directory is not laid out as
/// plainly as common writers do it (one disk, no leading bytes).
std::optional<std::vector<ZipEntry>> read_zip_directory(std::span<const std::byte> file);

/// The bytes of a stored member, found through its local header; nothing where that header does
/// not agree with the directory or the bytes leave the file.
std::optional<std::span<const std::byte>> stored_bytes(std::span<const std::byte> file,
                                                       const ZipEntry& entry);

}  // namespace keras::saving
