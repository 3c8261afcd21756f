#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "keras/engine/tensor/storage.h"

namespace keras::utils {

/// What a gzip file says, from its front to its end; a file that is not compressed is given as it
/// is. Failures are IoErrors naming the file.
class GzipFile {
 public:
  explicit GzipFile(const std::filesystem::path& path);

  /// Fills as much of the span as there still is, and says how much.
  std::size_t read(std::span<std::byte> bytes);

  [[noreturn]] void fail(std::string_view reason) const;

 private:
  std::string source_;
  std::shared_ptr<void> handle_;
};

/// The whole contents; more than `max_size` bytes are an IoError.
Storage read_gzip(const std::filesystem::path& path, std::size_t max_size);

}  // namespace keras::utils
