#include "keras/saving/hdf5/group_index.h"

#include <utility>

#include "keras/engine/text.h"
#include "keras/saving/hdf5/fractal_heap.h"
#include "keras/utils/config_text.h"

namespace keras::saving::hdf5 {
namespace {

void add_link(const FileBytes& file, Links& links, std::string name, Link link) {
  if (name.empty() || name.find('/') != std::string::npos)
    file.fail(str("a group has a member called ", json_quote(name)));
  const auto [place, is_new] = links.emplace(std::move(name), link);
  if (!is_new) file.fail(str("a group has two members called ", json_quote(place->first)));
}

/// The older kind of group: names in a local heap, entries in nodes that a B-tree lists.
class SymbolTable {
 public:
  SymbolTable(const FileBytes& file, Links& links)
      : file_(file), links_(links), visited_(file, "a group's B-tree") {}

  void read(Bytes message) {
    Cursor cursor(file_, message, "a symbol table");
    const std::uint64_t tree = cursor.address();
    read_heap(cursor.address());
    read_node(tree, kMaxLevel);
  }

 private:
  static constexpr int kMaxLevel = 32;

  void read_heap(std::uint64_t address) {
    Cursor cursor(file_, file_.from(address, "a local heap"), "a local heap");
    cursor.expect("HEAP");
    cursor.skip(4);
    const std::uint64_t size = cursor.length();
    cursor.length();  // the free list
    names_ = file_.at(cursor.address(), size, "a local heap");
  }

  void read_node(std::uint64_t address, int max_level) {
    visited_.enter(address);
    Cursor cursor(file_, file_.from(address, "a group's B-tree"), "a group's B-tree");
    cursor.expect("TREE");
    if (cursor.byte() != 0) cursor.fail("is of another kind");
    const int level = cursor.byte();
    if (level > max_level) cursor.fail("has a strange level");
    const std::uint64_t count = cursor.number(2);
    visited_.spend(count * (file_.length_size + file_.offset_size));
    cursor.address();
    cursor.address();
    for (std::uint64_t i = 0; i < count; ++i) {
      cursor.length();  // the key
      const std::uint64_t child = cursor.address();
      if (level > 0)
        read_node(child, level - 1);
      else
        read_entries(child);
    }
  }

  void read_entries(std::uint64_t address) {
    visited_.enter(address);
    Cursor cursor(file_, file_.from(address, "a symbol node"), "a symbol node");
    cursor.expect("SNOD");
    cursor.skip(2);
    const std::uint64_t count = cursor.number(2);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t name_at = cursor.number(file_.offset_size);
      if (name_at >= names_.size()) cursor.fail("names a member outside its heap");
      const std::uint64_t header = cursor.address();
      constexpr std::uint64_t kSoftLink = 2;
      const bool soft = cursor.number(4) == kSoftLink;
      cursor.skip(20);
      std::string name = text_until_nul(names_.subspan(name_at));
      names_size_ += name.size();
      if (names_size_ > names_.size()) cursor.fail("has names that overlap");
      add_link(file_, links_, std::move(name),
               {soft ? Link::Kind::kSoft : Link::Kind::kHard, header});
    }
  }

  const FileBytes& file_;
  Links& links_;
  Visited visited_;
  Bytes names_;
  std::uint64_t names_size_ = 0;
};

void read_link_message(const FileBytes& file, Bytes message, Links& links) {
  Cursor cursor(file, message, "a link");
  if (cursor.byte() != 1) cursor.fail("has an unknown version");
  const int flags = cursor.byte();
  const int type = (flags & 0x08) != 0 ? cursor.byte() : 0;
  if ((flags & 0x04) != 0) cursor.skip(8);  // creation order
  if ((flags & 0x10) != 0) cursor.skip(1);  // character set
  const Bytes name = cursor.take(cursor.number(std::size_t{1} << (flags & 3)));
  Link link;
  if (type == 0) {
    link.address = cursor.address();
  } else {
    link.kind = type == 1    ? Link::Kind::kSoft
                : type == 64 ? Link::Kind::kExternal
                             : Link::Kind::kUserDefined;
  }
  add_link(file, links, {reinterpret_cast<const char*>(name.data()), name.size()}, link);
}

void read_link_info(const FileBytes& file, Bytes message, Links& links) {
  Cursor cursor(file, message, "link information");
  if (cursor.byte() != 0) cursor.fail("has an unknown version");
  if ((cursor.byte() & 1) != 0) cursor.skip(8);  // highest creation order
  const std::uint64_t heap = cursor.address();
  const std::uint64_t names = cursor.address();
  if (heap == kUndefined) return;
  for (const Bytes link : read_dense_messages(file, heap, names, DenseKind::kLinks))
    read_link_message(file, link, links);
}

}  // namespace

bool is_group(const std::vector<Message>& messages) {
  return find_message(messages, MessageType::kSymbolTable) != nullptr ||
         find_message(messages, MessageType::kLinkInfo) != nullptr ||
         find_message(messages, MessageType::kLink) != nullptr;
}

Links read_links(const FileBytes& file, const std::vector<Message>& messages) {
  Links links;
  for (const Message& message : messages) {
    if (message.type == MessageType::kSymbolTable) SymbolTable(file, links).read(message.data);
    if (message.type == MessageType::kLink) read_link_message(file, message.data, links);
    if (message.type == MessageType::kLinkInfo) read_link_info(file, message.data, links);
  }
  return links;
}

}  // namespace keras::saving::hdf5
