#include "keras/saving/hdf5/encoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "keras/saving/byte_writer.h"
#include "keras/saving/hdf5/attribute_encoder.h"
#include "keras/saving/hdf5/datatype.h"
#include "keras/saving/hdf5/file_bytes.h"
#include "keras/saving/hdf5/object_header.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::size_t kSuperblockSize = 96;
constexpr std::size_t kArrayAlignment = 64;
// The library's defaults, which the superblock repeats: half of the most entries in a node.
constexpr std::size_t kLeafRank = 4;
constexpr std::size_t kTreeRank = 16;
constexpr std::size_t kSymbolNodeSize = 8 + 2 * kLeafRank * 40;
constexpr std::size_t kTreeNodeSize = 24 + (2 * kTreeRank + 1) * 8 + 2 * kTreeRank * 8;
constexpr std::size_t kCollectionUnit = 4096;
constexpr std::size_t kCollectionGoal = std::size_t{1} << 20;
constexpr std::size_t kCollectionCount = 60000;

using Block = std::vector<std::byte>;

struct EncodedMessage {
  MessageType type;
  Block data;
};

struct GroupPlace {
  std::uint64_t tree = 0;
  std::uint64_t heap = 0;
};

/// One member of a group: where its name lies in the group's heap, and where its header is.
struct Member {
  std::uint64_t name_at;
  std::uint64_t header;
  GroupPlace group;
  bool is_group;
};

/// A node of a group's B-tree or below it, and the last name under it.
struct Subtree {
  std::uint64_t address;
  std::uint64_t last_name;
};

/// Objects are written children first, so that every address is known when it is needed; only the
/// arrays' addresses are filled in at the end.
class Encoder {
 public:
  EncodedFile encode(const Node& root) {
    out_.zeros(kSuperblockSize);
    collect_strings(root);
    encode_strings();
    GroupPlace place;
    const std::uint64_t header = encode_object(root, place);
    place_arrays();
    write_superblock(header, place);
    return {out_.take(), std::move(arrays_)};
  }

 private:
  struct Patch {
    std::size_t position;
    Storage bytes;
  };
  struct StringPlace {
    std::uint64_t collection;
    std::uint64_t index;
  };

  std::uint64_t here() {
    out_.align(8);
    return out_.size();
  }

  /// In the order in which the attributes will be encoded.
  void collect_strings(const Node& node) {
    for (const auto& [name, member] : node.members) collect_strings(*member);
    for (const auto& [name, value] : node.attributes.as_dict())
      if (value.is_string()) strings_.push_back(&value.as_string());
  }

  void encode_strings() {
    for (std::size_t first = 0; first < strings_.size();) {
      std::size_t last = first;
      std::size_t size = 0;
      while (last < strings_.size() && last - first < kCollectionCount && size < kCollectionGoal)
        size += 16 + (strings_[last++]->size() + 7) / 8 * 8;
      encode_collection(first, last, size);
      first = last;
    }
  }

  void encode_collection(std::size_t first, std::size_t last, std::size_t content) {
    constexpr std::size_t kHeader = 16;
    const std::uint64_t address = here();
    // The rest is described by an object of its own, which needs a header.
    const std::size_t size =
        (content + 2 * kHeader + kCollectionUnit - 1) / kCollectionUnit * kCollectionUnit;
    out_.text("GCOL");
    out_.number(1, 4);
    out_.number(size, 8);
    for (std::size_t i = first; i < last; ++i) {
      string_places_.push_back({address, i - first + 1});
      out_.number(i - first + 1, 2);
      out_.number(1, 2);  // references
      out_.number(0, 4);
      out_.number(strings_[i]->size(), 8);
      out_.text(*strings_[i]);
      out_.align(8);
    }
    const std::size_t rest = size - kHeader - content;
    out_.number(0, 8);
    out_.number(rest, 8);
    out_.zeros(rest - kHeader);
  }

  Block next_string() {
    const StringPlace place = string_places_[next_string_++];
    ByteWriter reference;
    reference.number(place.collection, 8);
    reference.number(place.index, 4);
    return reference.take();
  }

  std::uint64_t encode_object(const Node& node, GroupPlace& place) {
    std::vector<EncodedMessage> messages;
    if (node.is_group) {
      place = encode_group(node);
      ByteWriter table;
      table.number(place.tree, 8);
      table.number(place.heap, 8);
      messages.push_back({MessageType::kSymbolTable, table.take()});
    } else {
      messages = dataset_messages(node);
    }
    for (const auto& [name, value] : node.attributes.as_dict())
      messages.push_back({MessageType::kAttribute,
                          encode_attribute(name, value, [this] { return next_string(); })});
    return encode_header(node, messages);
  }

  static std::vector<EncodedMessage> dataset_messages(const Node& node) {
    ByteWriter fill;
    fill.number(2, 1);  // version
    fill.number(2, 1);  // space is taken late
    fill.number(2, 1);  // written where it is set
    fill.number(1, 1);  // defined, as zero
    fill.number(0, 4);
    ByteWriter layout;
    layout.number(3, 1);  // version
    layout.number(1, 1);  // contiguous
    layout.number(kUndefined, 8);
    layout.number(node.bytes.size(), 8);
    return {{MessageType::kDataspace, encode_dataspace(node.shape)},
            {MessageType::kDatatype, encode_datatype(node.dtype)},
            {MessageType::kFillValue, fill.take()},
            {MessageType::kLayout, layout.take()}};
  }

  std::uint64_t encode_header(const Node& node, const std::vector<EncodedMessage>& messages) {
    std::size_t size = 0;
    for (const auto& message : messages) size += 8 + (message.data.size() + 7) / 8 * 8;
    const std::uint64_t address = here();
    out_.number(1, 2);  // version
    out_.number(messages.size(), 2);
    out_.number(1, 4);  // references
    out_.number(size, 4);
    out_.zeros(4);
    for (const auto& message : messages) {
      out_.number(static_cast<std::uint64_t>(message.type), 2);
      out_.number((message.data.size() + 7) / 8 * 8, 2);
      out_.number(message.type == MessageType::kDatatype ? 1 : 0, 1);  // it never changes
      out_.zeros(3);
      if (message.type == MessageType::kLayout && node.bytes.size() > 0)
        patches_.push_back({out_.size() + 2, node.bytes});
      out_.append(message.data);
      out_.align(8);
    }
    return address;
  }

  GroupPlace encode_group(const Node& node) {
    std::vector<Member> members;
    std::uint64_t name_at = 8;  // the empty name comes first
    for (const auto& [name, child] : node.members) {
      Member member{name_at, 0, {}, child->is_group};
      member.header = encode_object(*child, member.group);
      members.push_back(member);
      name_at += (name.size() + 8) / 8 * 8;
    }
    GroupPlace place;
    place.heap = encode_heap(node, name_at);
    place.tree = encode_tree(encode_symbol_nodes(members));
    return place;
  }

  std::uint64_t encode_heap(const Node& node, std::uint64_t size) {
    constexpr std::uint64_t kNoFreeBlock = 1;
    const std::uint64_t address = here();
    out_.text("HEAP");
    out_.number(0, 4);
    out_.number(size, 8);
    out_.number(kNoFreeBlock, 8);
    out_.number(address + 32, 8);
    out_.zeros(8);
    for (const auto& [name, child] : node.members) {
      out_.text(name);
      out_.zeros(1);
      out_.align(8);
    }
    return address;
  }

  std::vector<Subtree> encode_symbol_nodes(const std::vector<Member>& members) {
    std::vector<Subtree> nodes;
    for (std::size_t first = 0; first < members.size(); first += 2 * kLeafRank) {
      const std::size_t count = std::min(2 * kLeafRank, members.size() - first);
      const std::uint64_t address = here();
      out_.text("SNOD");
      out_.number(1, 2);
      out_.number(count, 2);
      for (std::size_t i = first; i < first + count; ++i) write_entry(members[i]);
      out_.zeros(address + kSymbolNodeSize - out_.size());
      nodes.push_back({address, members[first + count - 1].name_at});
    }
    return nodes;
  }

  void write_entry(const Member& member) {
    out_.number(member.name_at, 8);
    out_.number(member.header, 8);
    out_.number(member.is_group ? 1 : 0, 4);  // what the next 16 bytes repeat
    out_.number(0, 4);
    out_.number(member.group.tree, 8);
    out_.number(member.group.heap, 8);
  }

  /// Full nodes level by level, until one is left; its address.
  std::uint64_t encode_tree(std::vector<Subtree> children) {
    for (std::uint64_t level = 0;; ++level) {
      std::vector<Subtree> parents;
      const std::uint64_t start = here();
      const std::size_t count =
          std::max<std::size_t>(1, (children.size() + 2 * kTreeRank - 1) / (2 * kTreeRank));
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t address = start + i * kTreeNodeSize;
        const std::size_t first = i * 2 * kTreeRank;
        const std::size_t size = std::min(2 * kTreeRank, children.size() - first);
        out_.text("TREE");
        out_.number(0, 1);  // of a group
        out_.number(level, 1);
        out_.number(size, 2);
        out_.number(i > 0 ? address - kTreeNodeSize : kUndefined, 8);
        out_.number(i + 1 < count ? address + kTreeNodeSize : kUndefined, 8);
        out_.number(first > 0 ? children[first - 1].last_name : 0, 8);
        for (std::size_t child = first; child < first + size; ++child) {
          out_.number(children[child].address, 8);
          out_.number(children[child].last_name, 8);
        }
        out_.zeros(address + kTreeNodeSize - out_.size());
        parents.push_back({address, size > 0 ? children[first + size - 1].last_name : 0});
      }
      if (count == 1) return start;
      children = std::move(parents);
    }
  }

  void place_arrays() {
    out_.align(kArrayAlignment);
    end_ = out_.size();
    for (const Patch& patch : patches_) {
      end_ = (end_ + kArrayAlignment - 1) / kArrayAlignment * kArrayAlignment;
      out_.overwrite(patch.position, end_, 8);
      arrays_.push_back({end_, patch.bytes});
      end_ += patch.bytes.size();
    }
  }

  void write_superblock(std::uint64_t header, GroupPlace root) {
    ByteWriter block;
    block.text("\x89HDF\r\n\x1a\n");
    block.number(0, 5);  // versions
    block.number(8, 1);  // bytes of an address
    block.number(8, 1);  // bytes of a length
    block.number(0, 1);
    block.number(kLeafRank, 2);
    block.number(kTreeRank, 2);
    block.number(0, 4);
    block.number(0, 8);  // base
    block.number(kUndefined, 8);
    block.number(end_, 8);
    block.number(kUndefined, 8);
    block.number(0, 8);
    block.number(header, 8);
    block.number(1, 4);
    block.number(0, 4);
    block.number(root.tree, 8);
    block.number(root.heap, 8);
    out_.overwrite(0, block.bytes());
  }

  ByteWriter out_;
  std::vector<const std::string*> strings_;
  std::vector<StringPlace> string_places_;
  std::size_t next_string_ = 0;
  std::vector<Patch> patches_;
  std::vector<EncodedFile::Array> arrays_;
  std::uint64_t end_ = 0;
};

}  // namespace

EncodedFile encode_file(const Node& root) { return Encoder().encode(root); }

}  // namespace keras::saving::hdf5
