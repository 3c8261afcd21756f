#include "keras/saving/hdf5/btree_v2.h"

#include <string_view>

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kWhat = "a version 2 B-tree";
constexpr std::uint64_t kNodeOverhead = 10;  // signature, version, type, checksum
constexpr int kMaxDepth = 16;

std::size_t bytes_for(std::uint64_t value) {
  std::size_t bytes = 1;
  while ((value >>= 8) != 0) ++bytes;
  return bytes;
}

class Tree {
 public:
  Tree(const FileBytes& file, std::uint64_t address) : file_(file), visited_(file, kWhat) {
    Cursor cursor(file, file.from(address, kWhat), kWhat);
    cursor.expect("BTHD");
    cursor.skip(2);  // version, type
    node_size_ = cursor.number(4);
    record_size_ = cursor.number(2);
    depth_ = static_cast<int>(cursor.number(2));
    cursor.skip(2);  // when to split and merge
    root_ = cursor.address();
    root_count_ = cursor.number(2);
    if (record_size_ == 0 || node_size_ < kNodeOverhead + record_size_ || depth_ > kMaxDepth)
      cursor.fail("has strange sizes");
    plan_levels();
  }

  std::vector<Bytes> read() {
    if (root_ != kUndefined) read_node(root_, root_count_, depth_);
    return std::move(records_);
  }

 private:
  /// How many bytes a child's count and its subtree's total take, level by level.
  void plan_levels() {
    const std::uint64_t in_leaf = (node_size_ - kNodeOverhead) / record_size_;
    count_bytes_ = bytes_for(in_leaf);
    total_bytes_.push_back(0);
    std::uint64_t total = in_leaf;
    for (int level = 1; level <= depth_; ++level) {
      const std::uint64_t pointer = file_.offset_size + count_bytes_ + total_bytes_.back();
      if (node_size_ < kNodeOverhead + pointer) file_.fail("a version 2 B-tree has strange sizes");
      const std::uint64_t records =
          (node_size_ - kNodeOverhead - pointer) / (record_size_ + pointer);
      if (__builtin_mul_overflow(records + 1, total, &total) ||
          __builtin_add_overflow(records, total, &total))
        file_.fail("a version 2 B-tree has strange sizes");
      total_bytes_.push_back(bytes_for(total));
    }
  }

  void read_node(std::uint64_t address, std::uint64_t count, int level) {
    visited_.enter(address, node_size_);
    Cursor cursor(file_, file_.at(address, node_size_, kWhat), kWhat);
    cursor.expect(level == 0 ? "BTLF" : "BTIN");
    cursor.skip(2);  // version, type
    std::vector<Bytes> records;
    for (std::uint64_t i = 0; i < count; ++i) records.push_back(cursor.take(record_size_));
    if (level == 0) {
      records_.insert(records_.end(), records.begin(), records.end());
      return;
    }
    for (std::uint64_t i = 0; i <= count; ++i) {
      const std::uint64_t child = cursor.address();
      const std::uint64_t child_count = cursor.number(count_bytes_);
      cursor.skip(level > 1 ? total_bytes_[static_cast<std::size_t>(level) - 1] : 0);
      read_node(child, child_count, level - 1);
      if (i < count) records_.push_back(records[i]);
    }
  }

  const FileBytes& file_;
  Visited visited_;
  std::uint64_t node_size_ = 0;
  std::uint64_t record_size_ = 0;
  int depth_ = 0;
  std::uint64_t root_ = kUndefined;
  std::uint64_t root_count_ = 0;
  std::size_t count_bytes_ = 1;
  std::vector<std::size_t> total_bytes_;  // by level; leaves have none
  std::vector<Bytes> records_;
};

}  // namespace

std::vector<Bytes> read_btree_v2(const FileBytes& file, std::uint64_t address) {
  return Tree(file, address).read();
}

}  // namespace keras::saving::hdf5
