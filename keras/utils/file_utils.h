#pragma once

#include <filesystem>
#include <string>

namespace keras::utils {

struct GetFileOptions {
  std::string file_hash = {};  ///< SHA-256 (or MD5) in hexadecimal digits; unchecked when empty
  std::string cache_subdir = "datasets";
  /// The folder of everything that is kept; $KERAS_HOME, or ~/.keras, when empty.
  std::filesystem::path cache_dir = {};
  bool extract = false;  ///< unpacks a `.tar`, `.tar.gz` or `.zip` file
  bool verbose = true;   ///< shows the progress
};

/// The path of a file that is downloaded once and kept. It appears whole or not at all. Throws
/// IoError, which says where to put the file by hand, when it cannot be had, and for a file with
/// another hash. With `extract` it is the path of the folder `fname`, or NAME_extracted for a
/// `fname` with an ending; the archive is kept beside it, as fname_archive or `fname`. Keras:
/// keras.utils.get_file.
std::filesystem::path get_file(const std::string& fname, const std::string& origin,
                               GetFileOptions options = {});

/// The "sha256" or "md5" of a file in hexadecimal digits. Throws ValueError for another algorithm.
std::string hash_file(const std::filesystem::path& path, const std::string& algorithm = "sha256");

}  // namespace keras::utils
