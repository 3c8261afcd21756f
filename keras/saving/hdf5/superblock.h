#pragma once

#include <cstdint>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// Finds and reads the superblock (versions 0 to 3): fills in the file's base address and number
/// sizes, checks that the file is complete, and returns the address of the root group's header.
std::uint64_t read_superblock(FileBytes& file);

/// True when the bytes begin as an HDF5 file does.
bool has_hdf5_signature(Bytes bytes);

}  // namespace keras::saving::hdf5
