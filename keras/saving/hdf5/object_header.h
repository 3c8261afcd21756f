#pragma once

#include <cstdint>
#include <vector>

#include "keras/saving/hdf5/file_bytes.h"

namespace keras::saving::hdf5 {

enum class MessageType : std::uint16_t {
  kDataspace = 0x1,
  kLinkInfo = 0x2,
  kDatatype = 0x3,
  kFillValue = 0x5,
  kLink = 0x6,
  kExternalFiles = 0x7,
  kLayout = 0x8,
  kFilters = 0xb,
  kAttribute = 0xc,
  kContinuation = 0x10,
  kSymbolTable = 0x11,
  kAttributeInfo = 0x15,
};

struct Message {
  MessageType type;
  bool shared;  ///< the data lies in another object (a named type); nobody here follows it
  Bytes data;
};

/// The messages of the object at an address, continuation blocks included.
std::vector<Message> read_object_header(const FileBytes& file, std::uint64_t address);

/// The first message of a type, or nullptr.
const Message* find_message(const std::vector<Message>& messages, MessageType type);

}  // namespace keras::saving::hdf5
