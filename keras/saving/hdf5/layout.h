#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "keras/engine/tensor/shape.h"
#include "keras/saving/hdf5/file_bytes.h"
#include "keras/saving/hdf5/filters.h"

namespace keras::saving::hdf5 {

/// Where a dataset's elements lie.
struct Layout {
  enum class Kind { kCompact, kContiguous, kChunked };
  enum class ChunkIndex { kBTree, kSingle, kImplicit };

  Kind kind = Kind::kContiguous;
  Bytes compact;
  std::uint64_t address = kUndefined;  ///< of the bytes, or of the chunks' index
  std::vector<std::uint64_t> chunk;    ///< a chunk's shape
  ChunkIndex index = ChunkIndex::kBTree;
  std::uint64_t single_size = 0;  ///< stored bytes of a filtered single chunk
  std::uint32_t single_mask = 0;
};

/// Virtual layouts and indexes that only the latest format has are errors.
Layout read_layout(const FileBytes& file, Bytes message);

/// Puts all chunks of a dataset in their places in `out`, which holds the fill value.
void read_chunks(const FileBytes& file, const Layout& layout, const std::vector<Filter>& filters,
                 const Shape& shape, std::size_t element_size, std::span<std::byte> out);

}  // namespace keras::saving::hdf5
