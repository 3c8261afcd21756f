#include "keras/saving/archive/zip_layout.h"

#include <algorithm>

#include "keras/saving/byte_reader.h"

namespace keras::saving {
namespace {

using Bytes = std::span<const std::byte>;

// PKWARE's APPNOTE.TXT, sections 4.3.7 (local), 4.3.12 (central), 4.3.14 to 4.3.16 (ends).
constexpr std::uint64_t kLocalSignature = 0x04034b50;
constexpr std::uint64_t kCentralSignature = 0x02014b50;
constexpr std::uint64_t kEndSignature = 0x06054b50;
constexpr std::uint64_t kEnd64Signature = 0x06064b50;
constexpr std::uint64_t kLocator64Signature = 0x07064b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kLocator64Size = 20;
constexpr std::uint64_t kIn64 = 0xffffffff;  // The number is in the zip64 extra field.

/// A number that was already found to lie inside.
std::uint64_t number(Bytes bytes, std::uint64_t offset, std::size_t width) {
  return read_little(bytes, offset, width).value_or(0);
}

struct Directory {
  std::uint64_t offset;
  std::uint64_t count;
};

std::optional<Directory> find_directory_64(Bytes file, std::uint64_t end) {
  if (end < kLocator64Size) return std::nullopt;
  const std::uint64_t locator = end - kLocator64Size;
  if (number(file, locator, 4) != kLocator64Signature) return std::nullopt;
  const std::uint64_t end64 = number(file, locator + 8, 8);
  const auto record = part_of(file, end64, 56);
  if (!record || number(*record, 0, 4) != kEnd64Signature) return std::nullopt;
  return Directory{number(*record, 48, 8), number(*record, 32, 8)};
}

std::optional<Directory> find_directory(Bytes file) {
  if (file.size() < kEndSize) return std::nullopt;
  const std::uint64_t last = file.size() - kEndSize;
  const std::uint64_t first = last - std::min<std::uint64_t>(last, 0xffff);
  for (std::uint64_t end = last + 1; end-- > first;) {
    if (number(file, end, 4) != kEndSignature) continue;
    if (end + kEndSize + number(file, end + 20, 2) != file.size()) continue;
    const Directory directory{number(file, end + 16, 4), number(file, end + 10, 2)};
    if (directory.offset == kIn64 || directory.count == 0xffff) return find_directory_64(file, end);
    return directory;
  }
  return std::nullopt;
}

/// Replaces the sizes and offset that the zip64 extra field holds.
bool apply_extra_64(Bytes extra, ZipEntry& entry) {
  std::uint64_t* const wanted[] = {&entry.size, &entry.compressed_size, &entry.header_offset};
  for (std::uint64_t at = 0; at + 4 <= extra.size();) {
    const auto field = part_of(extra, at + 4, number(extra, at + 2, 2));
    if (!field) return false;
    if (number(extra, at, 2) == 1) {
      std::uint64_t next = 0;
      for (std::uint64_t* value : wanted) {
        if (*value != kIn64) continue;
        const auto wide = read_little(*field, next, 8);
        if (!wide) return false;
        *value = *wide;
        next += 8;
      }
    }
    at += 4 + field->size();
  }
  return true;
}

std::string text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<std::vector<ZipEntry>> read_zip_directory(Bytes file) {
  const auto directory = find_directory(file);
  if (!directory) return std::nullopt;
  std::vector<ZipEntry> entries;
  std::uint64_t at = directory->offset;
  for (std::uint64_t i = 0; i < directory->count; ++i) {
    const auto fixed = part_of(file, at, kCentralSize);
    if (!fixed || number(*fixed, 0, 4) != kCentralSignature) return std::nullopt;
    const std::uint64_t name_size = number(*fixed, 28, 2);
    const std::uint64_t extra_size = number(*fixed, 30, 2);
    const auto name = part_of(file, at + kCentralSize, name_size);
    const auto extra = part_of(file, at + kCentralSize + name_size, extra_size);
    if (!name || !extra) return std::nullopt;
    ZipEntry entry{text(*name), static_cast<std::uint32_t>(number(*fixed, 16, 4)),
                   number(*fixed, 20, 4), number(*fixed, 24, 4), number(*fixed, 42, 4)};
    if (!apply_extra_64(*extra, entry)) return std::nullopt;
    entries.push_back(std::move(entry));
    at += kCentralSize + name_size + extra_size + number(*fixed, 32, 2);
  }
  return entries;
}

std::optional<Bytes> stored_bytes(Bytes file, const ZipEntry& entry) {
  const auto header = part_of(file, entry.header_offset, kLocalSize);
  if (!header || number(*header, 0, 4) != kLocalSignature) return std::nullopt;
  if (entry.size != entry.compressed_size) return std::nullopt;
  const std::uint64_t name_size = number(*header, 26, 2);
  const auto name = part_of(file, entry.header_offset + kLocalSize, name_size);
  if (!name || text(*name) != entry.name) return std::nullopt;
  const std::uint64_t extra_size = number(*header, 28, 2);
  return part_of(file, entry.header_offset + kLocalSize + name_size + extra_size, entry.size);
}

}  // namespace keras::saving
