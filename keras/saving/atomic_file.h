#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace keras::saving {

/// A file that appears whole or not at all: bytes go to a temporary file beside the target, and
/// `commit` syncs it, renames it over the target and syncs the folder. Until then, and after any
/// failure, the target is what it was; an uncommitted temporary file is removed on destruction.
/// Failures are IoErrors naming the target and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void write_zeros(std::size_t count);
  /// The number of bytes written so far.
  std::uint64_t position() const { return position_; }
  void commit();

 private:
  [[noreturn]] void fail(std::string_view action) const;
  void flush();
  void write_through(std::span<const std::byte> bytes);
  void remove_temporary() noexcept;

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  std::uint64_t position_ = 0;
  std::vector<std::byte> pending_;
};

/// A whole small file at once.
void write_file_atomically(const std::filesystem::path& target, std::string_view text);

}  // namespace keras::saving
