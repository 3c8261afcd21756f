#include "keras/saving/stored_weights.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::saving {

bool StoredWeights::has(const std::string& path) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const Hdf5File& file) { return file.root().has(path); });
}

std::vector<std::string> StoredWeights::names(const std::string& path) const {
  std::vector<std::string> names;
  for (const auto& file : files_)
    if (file.root().has(path))
      for (auto& name : file.root().group(path).names()) names.push_back(std::move(name));
  return names;
}

Hdf5Dataset StoredWeights::dataset(const std::string& path, const std::string& name) const {
  for (const auto& file : files_) {
    if (!file.root().has(path)) continue;
    const Hdf5Group group = file.root().group(path);
    if (group.has(name)) return group.dataset(name);
  }
  throw IoError(str("The file has no weight ", path, "/", name, "."));
}

}  // namespace keras::saving
