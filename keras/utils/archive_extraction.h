#pragma once

#include <filesystem>

namespace keras::utils {

/// Unpacks a `.tar`, `.tar.gz` or `.zip` file into a folder, which appears whole or not at all.
/// The file may come from anywhere: a name that leads out of the folder, a link and a device are
/// IoErrors naming the member, and so are contents of more than 100 times the file's size (above
/// 256 MiB). Keras: keras/src/utils/file_utils.py, extract_archive.
void extract_archive(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace keras::utils
