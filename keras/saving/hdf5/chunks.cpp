#include <algorithm>
#include <cstring>
#include <set>

#include "keras/engine/text.h"
#include "keras/saving/hdf5/layout.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::uint64_t kSmallChunk = std::uint64_t{1} << 22;
constexpr int kMaxLevel = 32;

class ChunkReader {
 public:
  ChunkReader(const FileBytes& file, const Layout& layout, const std::vector<Filter>& filters,
              const Shape& shape, std::size_t element_size, std::span<std::byte> out)
      : file_(file),
        layout_(layout),
        filters_(filters),
        shape_(shape),
        element_size_(element_size),
        out_(out),
        visited_(file, "a chunk index") {
    if (layout.chunk.size() != shape.dims().size())
      file.fail("a chunk has another rank than its dataset");
    chunk_bytes_ = element_size;
    for (const std::uint64_t dim : layout.chunk)
      if (__builtin_mul_overflow(chunk_bytes_, dim, &chunk_bytes_)) refuse_chunk();
    if (chunk_bytes_ > kSmallChunk && chunk_bytes_ - kSmallChunk > out.size()) refuse_chunk();
  }

  void read() {
    if (layout_.address == kUndefined || out_.empty()) return;
    if (layout_.index == Layout::ChunkIndex::kSingle) {
      const std::uint64_t size = layout_.single_size > 0 ? layout_.single_size : chunk_bytes_;
      place(std::vector<std::uint64_t>(layout_.chunk.size()), layout_.address, size,
            layout_.single_mask);
    } else if (layout_.index == Layout::ChunkIndex::kImplicit) {
      read_implicit();
    } else {
      read_node(layout_.address, kMaxLevel);
    }
  }

 private:
  [[noreturn]] void refuse_chunk() const { file_.fail("a chunk is far larger than its dataset"); }

  std::uint64_t dim(std::size_t axis) const {
    return static_cast<std::uint64_t>(shape_.dims()[axis]);
  }

  void read_implicit() {
    std::vector<std::uint64_t> start(layout_.chunk.size());
    std::uint64_t address = layout_.address;
    for (bool more = true; more; address += chunk_bytes_) {
      place(start, address, chunk_bytes_, ~std::uint32_t{0});
      more = false;
      for (std::size_t axis = start.size(); axis-- > 0 && !more;) {
        start[axis] += layout_.chunk[axis];
        more = start[axis] < dim(axis);
        if (!more) start[axis] = 0;
      }
    }
  }

  void read_node(std::uint64_t address, int max_level) {
    visited_.enter(address);
    Cursor cursor(file_, file_.from(address, "a chunk index"), "a chunk index");
    cursor.expect("TREE");
    if (cursor.byte() != 1) cursor.fail("is of another kind");
    const int level = cursor.byte();
    if (level > max_level) cursor.fail("has a strange level");
    const std::uint64_t count = cursor.number(2);
    visited_.spend(count * (8 + 8 * (layout_.chunk.size() + 1) + file_.offset_size));
    cursor.address();
    cursor.address();
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t size = cursor.number(4);
      const auto mask = static_cast<std::uint32_t>(cursor.number(4));
      std::vector<std::uint64_t> start;
      for (std::size_t axis = 0; axis < layout_.chunk.size(); ++axis)
        start.push_back(cursor.number(8));
      cursor.skip(8);  // the offset inside an element
      const std::uint64_t child = cursor.address();
      if (level > 0)
        read_node(child, level - 1);
      else
        place(start, child, size, mask);
    }
  }

  void place(const std::vector<std::uint64_t>& start, std::uint64_t address, std::uint64_t size,
             std::uint32_t mask) {
    for (std::size_t axis = 0; axis < start.size(); ++axis) {
      // A dataset that shrank may keep chunks beyond its shape.
      if (start[axis] >= dim(axis)) return;
      if (start[axis] % layout_.chunk[axis] != 0) file_.fail("a chunk lies between others");
    }
    if (!placed_.insert(start).second) file_.fail("a chunk comes twice");
    const Bytes stored = file_.at(address, size, "a chunk");
    if (filters_.empty()) {
      if (size != chunk_bytes_) file_.fail("a chunk has the wrong size");
      copy(start, stored);
      return;
    }
    copy(start, undo_filters(file_, filters_, mask, stored, chunk_bytes_));
  }

  /// Copies the part of a chunk that lies inside the dataset, one run of the last axis at a time.
  void copy(const std::vector<std::uint64_t>& start, Bytes chunk) {
    const std::size_t rank = start.size();
    if (rank == 0) {
      std::memcpy(out_.data(), chunk.data(), element_size_);
      return;
    }
    const std::size_t last = rank - 1;
    const std::uint64_t run =
        std::min(layout_.chunk[last], dim(last) - start[last]) * element_size_;
    std::vector<std::uint64_t> at(rank);
    for (bool more = true; more;) {
      std::uint64_t from = 0;
      std::uint64_t to = 0;
      for (std::size_t axis = 0; axis < rank; ++axis) {
        from = from * layout_.chunk[axis] + at[axis];
        to = to * dim(axis) + start[axis] + at[axis];
      }
      std::memcpy(out_.data() + to * element_size_, chunk.data() + from * element_size_, run);
      more = false;
      for (std::size_t axis = last; axis-- > 0 && !more;) {
        ++at[axis];
        more = at[axis] < layout_.chunk[axis] && start[axis] + at[axis] < dim(axis);
        if (!more) at[axis] = 0;
      }
    }
  }

  const FileBytes& file_;
  const Layout& layout_;
  const std::vector<Filter>& filters_;
  const Shape& shape_;
  std::size_t element_size_;
  std::span<std::byte> out_;
  std::uint64_t chunk_bytes_ = 0;
  Visited visited_;
  std::set<std::vector<std::uint64_t>> placed_;
};

}  // namespace

void read_chunks(const FileBytes& file, const Layout& layout, const std::vector<Filter>& filters,
                 const Shape& shape, std::size_t element_size, std::span<std::byte> out) {
  ChunkReader(file, layout, filters, shape, element_size, out).read();
}

}  // namespace keras::saving::hdf5
