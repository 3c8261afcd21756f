#pragma once

#include <cstdint>
#include <vector>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// All records of the version 2 B-tree at an address, in order; each has the tree's record size.
std::vector<Bytes> read_btree_v2(const FileBytes& file, std::uint64_t address);

}  // namespace keras::saving::hdf5
