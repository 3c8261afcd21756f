#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "keras/saving/hdf5/hdf5_file.h"

namespace keras::saving {

/// The groups of one weight file, or of the shards that a large model's weights are spread over.
class StoredWeights {
 public:
  explicit StoredWeights(std::vector<Hdf5File> files) : files_(std::move(files)) {}

  const std::vector<Hdf5File>& files() const { return files_; }
  bool has(const std::string& path) const;
  /// The names of the group's members, in all files.
  std::vector<std::string> names(const std::string& path) const;
  std::size_t count(const std::string& path) const { return names(path).size(); }
  /// An array in the group, from the file that has it. A missing one is an IoError.
  Hdf5Dataset dataset(const std::string& path, const std::string& name) const;

 private:
  std::vector<Hdf5File> files_;
};

}  // namespace keras::saving
