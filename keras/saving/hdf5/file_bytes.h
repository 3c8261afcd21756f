#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "keras/engine/tensor/storage.h"

namespace keras::saving::hdf5 {

using Bytes = std::span<const std::byte>;

/// HDF5's address of nothing.
inline constexpr std::uint64_t kUndefined = ~std::uint64_t{0};

/// An HDF5 file's bytes with what its superblock says about numbers in it. All access to the bytes
/// is checked; what leaves them is an IoError naming the file.
struct FileBytes {
  Storage storage;
  std::string source;
  std::uint64_t base = 0;  ///< where address 0 lies
  std::size_t offset_size = 8;
  std::size_t length_size = 8;

  Bytes all() const { return {storage.data(), storage.size()}; }
  /// `size` bytes at a file address; `what` names them in the error.
  Bytes at(std::uint64_t address, std::uint64_t size, std::string_view what) const;
  /// All bytes from a file address on.
  Bytes from(std::uint64_t address, std::string_view what) const;
  [[noreturn]] void fail(std::string_view reason) const;
};

/// Reads one structure's fields in order.
class Cursor {
 public:
  Cursor(const FileBytes& file, Bytes bytes, std::string_view what)
      : file_(file), bytes_(bytes), what_(what) {}

  /// A little-endian number of at most 8 bytes.
  std::uint64_t number(std::size_t width);
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  /// A file address; all ones are `kUndefined`, whatever their width.
  std::uint64_t address();
  std::uint64_t length() { return number(file_.length_size); }
  Bytes take(std::uint64_t size);
  void skip(std::uint64_t size) { take(size); }
  /// Skips to a multiple of 8 from the start.
  void align();
  /// Checks for the four letters that open a structure.
  void expect(std::string_view signature);
  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return bytes_.size() - position_; }
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  const FileBytes& file_;
  Bytes bytes_;
  std::string_view what_;
  std::uint64_t position_ = 0;
};

/// The blocks that were read. One that comes again would be a cycle, and blocks that are together
/// larger than the file overlap: without bounds a small file could ask for endless work.
class Visited {
 public:
  Visited(const FileBytes& file, std::string_view what) : file_(file), what_(what) {}
  void enter(std::uint64_t address, std::uint64_t size = 0);
  /// Counts bytes of a block whose size shows only later.
  void spend(std::uint64_t size);

 private:
  const FileBytes& file_;
  std::string_view what_;
  std::unordered_set<std::uint64_t> addresses_;
  std::uint64_t spent_ = 0;
};

/// The bytes as text, up to the first NUL.
std::string text_until_nul(Bytes bytes);

}  // namespace keras::saving::hdf5
