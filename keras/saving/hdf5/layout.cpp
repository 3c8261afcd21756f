#include "keras/saving/hdf5/layout.h"

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr int kMaxRank = 32;
enum Class : int { kCompact = 0, kContiguous = 1, kChunked = 2, kVirtual = 3 };

/// The last number of the list is the element's size.
void read_chunk_shape(Cursor& cursor, int count, std::size_t width, Layout& layout) {
  if (count < 1 || count > kMaxRank + 1) cursor.fail(str("has ", count, " chunk dimensions"));
  for (int i = 0; i < count; ++i) {
    const std::uint64_t dim = cursor.number(width);
    if (dim == 0 || dim > 0xffffffff) cursor.fail("has an absurd chunk");
    if (i + 1 < count) layout.chunk.push_back(dim);
  }
}

Layout read_old(Cursor& cursor) {
  const int rank = cursor.byte();
  const int layout_class = cursor.byte();
  cursor.skip(5);
  Layout layout;
  if (layout_class != kCompact) layout.address = cursor.address();
  if (layout_class == kChunked) {
    layout.kind = Layout::Kind::kChunked;
    read_chunk_shape(cursor, rank, 4, layout);
    return layout;
  }
  cursor.skip(4 * static_cast<std::uint64_t>(rank));
  if (layout_class == kCompact) {
    layout.kind = Layout::Kind::kCompact;
    layout.compact = cursor.take(cursor.number(4));
  } else if (layout_class != kContiguous) {
    cursor.fail("is of an unknown kind");
  }
  return layout;
}

void read_new_chunks(Cursor& cursor, Layout& layout) {
  const int flags = cursor.byte();
  const int rank = cursor.byte();
  const std::size_t width = cursor.byte();
  if (width == 0 || width > 8) cursor.fail("has numbers of a strange size");
  read_chunk_shape(cursor, rank, width, layout);
  const int index = cursor.byte();
  if (index == 1) {
    layout.index = Layout::ChunkIndex::kSingle;
    if ((flags & 2) != 0) {
      layout.single_size = cursor.length();
      layout.single_mask = static_cast<std::uint32_t>(cursor.number(4));
    }
  } else if (index == 2) {
    layout.index = Layout::ChunkIndex::kImplicit;
  } else {
    cursor.fail("has a chunk index of the latest format, which is not supported");
  }
  layout.address = cursor.address();
}

}  // namespace

Layout read_layout(const FileBytes& file, Bytes message) {
  Cursor cursor(file, message, "a data layout");
  const int version = cursor.byte();
  if (version == 1 || version == 2) return read_old(cursor);
  if (version != 3 && version != 4) cursor.fail(str("has the unknown version ", version));
  Layout layout;
  switch (cursor.byte()) {
    case kCompact:
      layout.kind = Layout::Kind::kCompact;
      layout.compact = cursor.take(cursor.number(2));
      break;
    case kContiguous:
      layout.address = cursor.address();
      break;
    case kChunked:
      layout.kind = Layout::Kind::kChunked;
      if (version == 4) {
        read_new_chunks(cursor, layout);
        break;
      }
      {
        const int rank = cursor.byte();
        layout.address = cursor.address();
        read_chunk_shape(cursor, rank, 4, layout);
      }
      break;
    case kVirtual:
      cursor.fail("is virtual: the data lies in other files, which are not opened");
    default:
      cursor.fail("is of an unknown kind");
  }
  return layout;
}

}  // namespace keras::saving::hdf5
