#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keras/saving/archive/zip_layout.h"
#include "keras/saving/atomic_file.h"

namespace keras::saving {

/// Writes a zip archive of uncompressed members, each starting on a multiple of 64 bytes, so that a
/// mapped archive gives aligned views. The file appears, whole, when `finish` returns. Python's
/// zipfile reads it. Failures are IoErrors.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(const std::filesystem::path& path) : file_(path) {}

  /// A repeated or unsafe name is a ValueError.
  void add(std::string_view name, std::span<const std::byte> bytes);
  void add(std::string_view name, std::string_view text);
  /// A member whose bytes lie in several pieces.
  void add_parts(std::string_view name, std::span<const std::span<const std::byte>> parts);
  void finish();

 private:
  void write_local_header(const ZipEntry& entry);
  void write_central_header(const ZipEntry& entry);
  void write_end(std::uint64_t directory);

  AtomicFile file_;
  std::vector<ZipEntry> entries_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace keras::saving
