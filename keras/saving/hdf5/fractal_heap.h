#pragma once

#include <cstdint>
#include <vector>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

enum class DenseKind { kLinks, kAttributes };

/// The messages that an object with many links or attributes keeps in a fractal heap, in the order
/// of the version 2 B-tree that indexes them by name.
std::vector<Bytes> read_dense_messages(const FileBytes& file, std::uint64_t heap,
                                       std::uint64_t index, DenseKind kind);

}  // namespace keras::saving::hdf5
