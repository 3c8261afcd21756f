#pragma once

#include <filesystem>
#include <string>

namespace keras::datasets {

/// A file of Keras's own store in the cache, under the name `path` or its own where that is empty.
std::filesystem::path fetched(const std::string& path, const std::string& file,
                              const std::string& hash);

}  // namespace keras::datasets
