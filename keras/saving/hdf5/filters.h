#pragma once

#include <cstdint>
#include <vector>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

/// One step that a chunk went through when it was written.
struct Filter {
  int id = 0;
  std::vector<std::uint32_t> values;
};

std::vector<Filter> read_filters(const FileBytes& file, Bytes message);

/// Undoes deflate, shuffle and fletcher32; other filters are an error. `mask` has a bit for each
/// filter that was left out. The result has `size` bytes, or it is an error.
std::vector<std::byte> undo_filters(const FileBytes& file, const std::vector<Filter>& filters,
                                    std::uint32_t mask, Bytes stored, std::uint64_t size);

}  // namespace keras::saving::hdf5
