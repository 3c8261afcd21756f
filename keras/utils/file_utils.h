#pragma once

#include <filesystem>
#include <string>

namespace keras::utils {

struct GetFileOptions {
  std::string file_hash = {};  ///< SHA-256 in hexadecimal digits; unchecked when empty
  std::string cache_subdir = "datasets";
  /// The folder of everything that is kept; $KERAS_HOME, or ~/.keras, when empty.
  std::filesystem::path cache_dir = {};
  bool verbose = true;  ///< shows the progress
};

/// The path of a file that is downloaded once and kept. It appears whole or not at all. Throws
/// IoError, which says where to put the file by hand, when it cannot be had, and for a file with
/// another hash. Keras: keras.utils.get_file.
std::filesystem::path get_file(const std::string& fname, const std::string& origin,
                               GetFileOptions options = {});

/// The SHA-256 of a file in hexadecimal digits.
std::string hash_file(const std::filesystem::path& path);

}  // namespace keras::utils
