#include "keras/saving/hdf5/superblock.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kSignature{"\x89HDF\r\n\x1a\n", 8};

/// A user block may come first: the superblock lies at 0, 512, 1024, 2048 and so on.
std::optional<std::uint64_t> find_signature(Bytes bytes) {
  for (std::uint64_t at = 0; at + kSignature.size() <= bytes.size(); at = at == 0 ? 512 : 2 * at)
    if (has_hdf5_signature(bytes.subspan(at))) return at;
  return std::nullopt;
}

void read_sizes(FileBytes& file, Cursor& cursor) {
  file.offset_size = cursor.byte();
  file.length_size = cursor.byte();
  const auto plain = [](std::size_t size) { return size == 2 || size == 4 || size == 8; };
  if (!plain(file.offset_size) || !plain(file.length_size))
    cursor.fail("has numbers of a strange size");
}

void check_extent(const FileBytes& file, std::uint64_t end) {
  if (end == kUndefined || end > file.storage.size() - file.base) {
    file.fail(str("the file is truncated: it should have ", end, " bytes and has ",
                  file.storage.size() - file.base));
  }
}

}  // namespace

bool has_hdf5_signature(Bytes bytes) {
  const auto wanted = std::as_bytes(std::span(kSignature));
  return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

std::uint64_t read_superblock(FileBytes& file) {
  const auto start = find_signature(file.all());
  if (!start) file.fail("is no HDF5 file");
  Cursor cursor(file, file.all().subspan(*start), "the superblock");
  cursor.skip(kSignature.size());
  const int version = cursor.byte();
  if (version > 3) cursor.fail(str("has the unknown version ", version));
  const bool old = version <= 1;
  if (old) cursor.skip(4);
  read_sizes(file, cursor);
  // The old one: a reserved byte, two ranks of B-trees, flags, in version 1 another rank.
  cursor.skip(old ? (version == 0 ? 9 : 13) : 1);
  const std::uint64_t base = cursor.address();
  if (base != 0 && base != *start) cursor.fail("has a strange base address");
  file.base = *start;
  cursor.address();  // free space, or the superblock's extension
  check_extent(file, cursor.address());
  if (!old) return cursor.address();
  cursor.address();  // driver information
  cursor.address();  // the root's name
  return cursor.address();
}

}  // namespace keras::saving::hdf5
