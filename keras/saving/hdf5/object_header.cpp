#include "keras/saving/hdf5/object_header.h"

#include <algorithm>
#include <deque>
#include <string_view>

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kWhat = "an object header";
constexpr std::size_t kChecksumSize = 4;

class HeaderReader {
 public:
  explicit HeaderReader(const FileBytes& file) : file_(file), visited_(file, kWhat) {}

  std::vector<Message> read(std::uint64_t address) {
    visited_.enter(address);
    const Bytes rest = file_.from(address, kWhat);
    Cursor peek(file_, rest, kWhat);
    if (peek.byte() == 1)
      read_version_1(rest);
    else
      read_version_2(rest);
    while (!continuations_.empty()) {
      const Block block = continuations_.front();
      continuations_.pop_front();
      visited_.enter(block.address, block.size);
      read_continuation(file_.at(block.address, block.size, kWhat));
    }
    return std::move(messages_);
  }

 private:
  struct Block {
    std::uint64_t address;
    std::uint64_t size;
  };

  void read_version_1(Bytes rest) {
    Cursor cursor(file_, rest, kWhat);
    cursor.skip(8);  // version, number of messages, references
    const std::uint64_t size = cursor.number(4);
    cursor.skip(4);
    read_messages(cursor.take(size));
  }

  void read_version_2(Bytes rest) {
    Cursor cursor(file_, rest, kWhat);
    cursor.expect("OHDR");
    if (cursor.byte() != 2) cursor.fail("has an unknown version");
    const int flags = cursor.byte();
    version_2_ = true;
    has_creation_order_ = (flags & 0x04) != 0;
    if ((flags & 0x20) != 0) cursor.skip(16);  // times
    if ((flags & 0x10) != 0) cursor.skip(4);   // when attributes go elsewhere
    const std::uint64_t size = cursor.number(std::size_t{1} << (flags & 3));
    read_messages(cursor.take(size));
  }

  void read_continuation(Bytes block) {
    if (!version_2_) {
      read_messages(block);
      return;
    }
    Cursor cursor(file_, block, kWhat);
    cursor.expect("OCHK");
    if (cursor.remaining() < kChecksumSize) cursor.fail("is too short");
    read_messages(cursor.take(cursor.remaining() - kChecksumSize));
  }

  void read_messages(Bytes block) {
    const std::uint64_t prefix = version_2_ ? (has_creation_order_ ? 6 : 4) : 8;
    Cursor cursor(file_, block, kWhat);
    while (cursor.remaining() >= prefix) {
      const auto type = static_cast<MessageType>(cursor.number(version_2_ ? 1 : 2));
      const std::uint64_t size = cursor.number(2);
      const int flags = cursor.byte();
      cursor.skip(prefix - (version_2_ ? 4 : 5));
      const Bytes data = cursor.take(size);
      if (type == MessageType::kContinuation)
        add_continuation(data);
      else
        messages_.push_back({type, (flags & 0x02) != 0, data});
    }
  }

  void add_continuation(Bytes data) {
    Cursor cursor(file_, data, kWhat);
    const std::uint64_t address = cursor.address();
    continuations_.push_back({address, cursor.length()});
  }

  const FileBytes& file_;
  Visited visited_;
  bool version_2_ = false;
  bool has_creation_order_ = false;
  std::vector<Message> messages_;
  std::deque<Block> continuations_;
};

}  // namespace

std::vector<Message> read_object_header(const FileBytes& file, std::uint64_t address) {
  return HeaderReader(file).read(address);
}

const Message* find_message(const std::vector<Message>& messages, MessageType type) {
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [type](const Message& message) { return message.type == type; });
  return found == messages.end() ? nullptr : &*found;
}

}  // namespace keras::saving::hdf5
