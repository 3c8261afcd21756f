#pragma once

#include <filesystem>

#include "keras/engine/tensor/storage.h"

namespace keras::saving {

/// The bytes of a file, mapped read-only: nothing is read before it is touched. The mapping lives
/// as long as the storage or any view of it. Throws IoError for what is no readable regular file.
Storage map_file(const std::filesystem::path& path);

}  // namespace keras::saving
