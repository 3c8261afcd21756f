#include "keras/saving/archive/archive_writer.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/byte_writer.h"
#include "keras/utils/config_text.h"

namespace keras::saving {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint64_t kIn64 = 0xffffffff;
constexpr std::uint64_t kVersionPlain = 20;
constexpr std::uint64_t kVersion64 = 45;
constexpr std::uint64_t kMadeOnUnix = 3 << 8;
constexpr std::uint64_t kFlagUtf8 = 1 << 11;
constexpr std::uint64_t kDate = (0 << 9) | (1 << 5) | 1;  // 1980-01-01: equal content, equal file
constexpr std::uint64_t kPermissions = std::uint64_t{0100644} << 16;
// The extra field that Android's zipalign pads with; readers pass over it.
constexpr std::uint64_t kPaddingField = 0xd935;

bool needs_64(const ZipEntry& entry) { return entry.size >= kIn64 || entry.header_offset >= kIn64; }

std::uint64_t narrow(std::uint64_t value, bool wide) { return wide ? kIn64 : value; }

std::uint32_t checksum(std::span<const std::span<const std::byte>> parts) {
  uLong crc = ::crc32(0, nullptr, 0);
  for (std::span<const std::byte> part : parts) {
    while (!part.empty()) {
      const std::size_t count = std::min(part.size(), std::size_t{1} << 30);
      crc = ::crc32(crc, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(count));
      part = part.subspan(count);
    }
  }
  return static_cast<std::uint32_t>(crc);
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() <= 0xffff && name.front() != '/' &&
         name.find('\\') == name.npos && ("/" + std::string(name) + "/").find("/../") == name.npos;
}

/// What local and central headers share, from the version needed to the sizes.
void append_common(ByteWriter& out, const ZipEntry& entry) {
  const bool wide = needs_64(entry);
  out.number(wide ? kVersion64 : kVersionPlain, 2);
  out.number(kFlagUtf8, 2);
  out.number(0, 2);  // stored
  out.number(0, 2);  // midnight
  out.number(kDate, 2);
  out.number(entry.crc, 4);
  out.number(narrow(entry.size, wide), 4);
  out.number(narrow(entry.size, wide), 4);
  out.number(entry.name.size(), 2);
}

}  // namespace

void ArchiveWriter::add(std::string_view name, std::span<const std::byte> bytes) {
  add_parts(name, std::span(&bytes, 1));
}

void ArchiveWriter::add(std::string_view name, std::string_view text) {
  add(name, std::as_bytes(std::span(text)));
}

void ArchiveWriter::add_parts(std::string_view name,
                              std::span<const std::span<const std::byte>> parts) {
  if (!is_safe_name(name))
    throw ValueError(str("An archive cannot hold the name ", json_quote(name), "."));
  if (!names_.emplace(name).second)
    throw ValueError(str("The archive already holds ", json_quote(name), "."));
  std::uint64_t size = 0;
  for (const auto& part : parts) size += part.size();
  const ZipEntry entry{std::string(name), checksum(parts), size, size, file_.position()};
  write_local_header(entry);
  for (const auto& part : parts) file_.write(part);
  entries_.push_back(entry);
}

void ArchiveWriter::write_local_header(const ZipEntry& entry) {
  ByteWriter extra;
  if (needs_64(entry)) {
    extra.number(1, 2);
    extra.number(16, 2);
    extra.number(entry.size, 8);
    extra.number(entry.size, 8);
  }
  constexpr std::uint64_t kFieldHeader = 4;
  const std::uint64_t data = entry.header_offset + kLocalSize + entry.name.size() + extra.size();
  const std::uint64_t padding = (kAlignment - (data + kFieldHeader) % kAlignment) % kAlignment;
  extra.number(kPaddingField, 2);
  extra.number(padding, 2);
  extra.zeros(padding);
  ByteWriter header;
  header.number(0x04034b50, 4);
  append_common(header, entry);
  header.number(extra.size(), 2);
  header.text(entry.name);
  file_.write(header.bytes());
  file_.write(extra.bytes());
}

void ArchiveWriter::write_central_header(const ZipEntry& entry) {
  const bool wide = needs_64(entry);
  constexpr std::uint64_t kExtra64 = 24;
  ByteWriter header;
  header.number(0x02014b50, 4);
  header.number(kMadeOnUnix | kVersion64, 2);
  append_common(header, entry);
  header.number(wide ? kExtra64 + 4 : 0, 2);
  header.zeros(6);  // no comment, first disk, no internal attributes
  header.number(kPermissions, 4);
  header.number(narrow(entry.header_offset, wide), 4);
  header.text(entry.name);
  if (wide) {
    header.number(1, 2);
    header.number(kExtra64, 2);
    header.number(entry.size, 8);
    header.number(entry.size, 8);
    header.number(entry.header_offset, 8);
  }
  file_.write(header.bytes());
}

void ArchiveWriter::write_end(std::uint64_t directory) {
  const std::uint64_t size = file_.position() - directory;
  const bool wide = directory >= kIn64 || size >= kIn64 || entries_.size() >= 0xffff;
  ByteWriter end;
  if (wide) {
    end.number(0x06064b50, 4);
    end.number(44, 8);  // the rest of this record
    end.number(kMadeOnUnix | kVersion64, 2);
    end.number(kVersion64, 2);
    end.zeros(8);  // disks
    end.number(entries_.size(), 8);
    end.number(entries_.size(), 8);
    end.number(size, 8);
    end.number(directory, 8);
    end.number(0x07064b50, 4);
    end.number(0, 4);
    end.number(directory + size, 8);
    end.number(1, 4);
  }
  end.number(0x06054b50, 4);
  end.zeros(4);  // disks
  end.number(wide ? 0xffff : entries_.size(), 2);
  end.number(wide ? 0xffff : entries_.size(), 2);
  end.number(narrow(size, wide), 4);
  end.number(narrow(directory, wide), 4);
  end.number(0, 2);  // no comment
  file_.write(end.bytes());
}

void ArchiveWriter::finish() {
  const std::uint64_t directory = file_.position();
  for (const ZipEntry& entry : entries_) write_central_header(entry);
  write_end(directory);
  file_.commit();
}

}  // namespace keras::saving
