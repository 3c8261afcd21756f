#include "keras/saving/hdf5/fractal_heap.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string_view>

#include "keras/saving/hdf5/btree_v2.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kWhat = "a fractal heap";
constexpr int kMaxDepth = 64;
constexpr std::uint64_t kMaxRows = 64;

/// The heap's address space, laid out over direct blocks of doubling size in rows of fixed width;
/// rows beyond the largest direct block are indirect blocks that repeat the layout.
class FractalHeap {
 public:
  FractalHeap(const FileBytes& file, std::uint64_t address) : file_(file) {
    Cursor cursor(file, file.from(address, kWhat), kWhat);
    cursor.expect("FRHP");
    cursor.skip(1);
    id_size_ = cursor.number(2);
    if (cursor.number(2) != 0) cursor.fail("is compressed, which is not supported");
    cursor.skip(1);
    max_object_ = cursor.number(4);
    cursor.length();  // the next huge object's number
    huge_index_ = cursor.address();
    cursor.skip(file.length_size + file.offset_size);  // free space
    cursor.skip(8 * file.length_size);                 // statistics
    width_ = cursor.number(2);
    first_size_ = cursor.length();
    max_direct_ = cursor.length();
    heap_bits_ = cursor.number(2);
    cursor.skip(2);
    root_ = cursor.address();
    root_rows_ = cursor.number(2);
    if (!std::has_single_bit(width_) || !std::has_single_bit(first_size_) ||
        !std::has_single_bit(max_direct_) || max_direct_ < first_size_ || heap_bits_ > 64)
      cursor.fail("has strange sizes");
  }

  std::uint64_t id_size() const { return id_size_; }

  /// The object that a heap ID names.
  Bytes object(Bytes id) {
    Cursor cursor(file_, id, "a heap ID");
    const int type = (cursor.byte() >> 4) & 3;
    if (type == 2) return tiny(cursor, id);
    if (type == 1) return huge(cursor);
    if (type != 0) cursor.fail("is of an unknown kind");
    const std::uint64_t offset = cursor.number((heap_bits_ + 7) / 8);
    const std::uint64_t limit = std::min(max_direct_, max_object_);
    const auto length_bytes = static_cast<std::size_t>((std::bit_width(limit) + 7) / 8);
    return managed(offset, cursor.number(std::min<std::size_t>(length_bytes, 8)));
  }

 private:
  Bytes tiny(Cursor& cursor, Bytes id) const {
    const std::uint64_t low = std::to_integer<std::uint64_t>(id[0]) & 0xf;
    if (id_size_ <= 17) return cursor.take(low + 1);
    const std::uint64_t high = cursor.byte();
    return cursor.take(((low << 8) | high) + 1);
  }

  /// An object too large for the blocks lies alone; a long ID tells where, a short one is its
  /// number in an index of all of them.
  Bytes huge(Cursor& cursor) {
    if (cursor.remaining() >= file_.offset_size + file_.length_size) {
      const std::uint64_t address = cursor.address();
      return file_.at(address, cursor.length(), kWhat);
    }
    const std::uint64_t wanted = cursor.number(std::min<std::size_t>(cursor.remaining(), 8));
    if (huge_objects_.empty()) read_huge_index();
    const auto found = huge_objects_.find(wanted);
    if (found == huge_objects_.end()) file_.fail("a heap ID names a huge object that is not there");
    return file_.at(found->second.address, found->second.size, kWhat);
  }

  void read_huge_index() {
    for (const Bytes bytes : read_btree_v2(file_, huge_index_)) {
      Cursor record(file_, bytes, "an index record");
      const std::uint64_t address = record.address();
      const std::uint64_t size = record.length();
      huge_objects_[record.length()] = {address, size};
    }
  }

  std::uint64_t row_size(std::uint64_t row) const {
    const std::uint64_t shift = row == 0 ? 0 : row - 1;
    return shift >= 64 ? 0 : first_size_ << shift;
  }

  Bytes managed(std::uint64_t offset, std::uint64_t length) const {
    std::uint64_t address = root_;
    std::uint64_t rows = root_rows_;
    std::uint64_t block_start = 0;
    std::uint64_t block_size = first_size_;
    for (int depth = 0; rows > 0; ++depth) {
      if (depth > kMaxDepth || rows > kMaxRows) file_.fail("a fractal heap nests too deep");
      std::uint64_t row = 0;
      std::uint64_t row_start = block_start;
      while (row < rows && offset - row_start >= width_ * row_size(row)) {
        row_start += width_ * row_size(row);
        ++row;
      }
      block_size = row_size(row);
      if (row >= rows || block_size == 0) file_.fail("a heap ID points outside its heap");
      const std::uint64_t column = (offset - row_start) / block_size;
      address = child(address, row * width_ + column);
      block_start = row_start + column * block_size;
      // An indirect child has as many rows as fill its own size.
      rows = block_size <= max_direct_
                 ? 0
                 : static_cast<std::uint64_t>(std::bit_width(block_size) -
                                              std::bit_width(first_size_ * width_) + 1);
    }
    // Offsets count from the block's start, its own header included.
    const std::uint64_t inside = offset - block_start;
    if (inside > block_size || length > block_size - inside)
      file_.fail("a heap ID points outside its heap");
    const Bytes block = file_.from(address, kWhat);
    Cursor(file_, block, kWhat).expect("FHDB");
    Cursor cursor(file_, block, kWhat);
    cursor.skip(inside);
    return cursor.take(length);
  }

  std::uint64_t child(std::uint64_t address, std::uint64_t index) const {
    Cursor cursor(file_, file_.from(address, kWhat), kWhat);
    cursor.expect("FHIB");
    cursor.skip(1 + file_.offset_size + (heap_bits_ + 7) / 8);
    cursor.skip(index * file_.offset_size);
    return cursor.address();
  }

  const FileBytes& file_;
  std::uint64_t id_size_ = 0;
  std::uint64_t max_object_ = 0;
  std::uint64_t huge_index_ = kUndefined;
  struct HugeObject {
    std::uint64_t address;
    std::uint64_t size;
  };
  std::map<std::uint64_t, HugeObject> huge_objects_;
  std::uint64_t width_ = 0;
  std::uint64_t first_size_ = 0;
  std::uint64_t max_direct_ = 0;
  std::uint64_t heap_bits_ = 0;
  std::uint64_t root_ = kUndefined;
  std::uint64_t root_rows_ = 0;
};

}  // namespace

std::vector<Bytes> read_dense_messages(const FileBytes& file, std::uint64_t heap,
                                       std::uint64_t index, DenseKind kind) {
  FractalHeap objects(file, heap);
  std::vector<Bytes> messages;
  for (const Bytes record : read_btree_v2(file, index)) {
    Cursor cursor(file, record, "an index record");
    // Links: hash, ID. Attributes: ID, flags, order, hash.
    if (kind == DenseKind::kLinks) cursor.skip(4);
    messages.push_back(objects.object(cursor.take(objects.id_size())));
  }
  return messages;
}

}  // namespace keras::saving::hdf5
