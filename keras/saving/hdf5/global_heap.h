#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// Looks up variable-length values; each collection is walked once.
class GlobalHeap {
 public:
  explicit GlobalHeap(const FileBytes& file) : file_(file), visited_(file, "a global heap") {}

  /// The object `index` of the collection at an address.
  Bytes object(std::uint64_t collection, std::uint64_t index);

 private:
  using Objects = std::map<std::uint64_t, Bytes>;
  Objects read_collection(std::uint64_t address);

  const FileBytes& file_;
  Visited visited_;
  std::map<std::uint64_t, Objects> collections_;
};

}  // namespace keras::saving::hdf5
