#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "keras/engine/tensor/storage.h"
#include "keras/saving/hdf5/node.h"

namespace keras::saving::hdf5 {

/// A file whose arrays are still elsewhere.
struct EncodedFile {
  struct Array {
    std::uint64_t address;
    Storage bytes;
  };
  std::vector<std::byte> structure;
  std::vector<Array> arrays;  ///< behind the structure, in order
};

/// Lays out the tree under `root`. An attribute that HDF5 cannot hold is a ValueError.
EncodedFile encode_file(const Node& root);

}  // namespace keras::saving::hdf5
