#include "keras/saving/hdf5/attribute.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "keras/engine/text.h"
#include "keras/saving/hdf5/fractal_heap.h"
#include "keras/saving/hdf5/global_heap.h"
#include "keras/utils/config_text.h"

namespace keras::saving::hdf5 {
namespace {

void read_attribute(const FileBytes& file, Bytes message, Attributes& attributes) {
  Cursor cursor(file, message, "an attribute");
  const int version = cursor.byte();
  if (version < 1 || version > 3) cursor.fail(str("has the unknown version ", version));
  const int flags = cursor.byte();
  const std::uint64_t name_size = cursor.number(2);
  const std::uint64_t type_size = cursor.number(2);
  const std::uint64_t space_size = cursor.number(2);
  if (version == 3) cursor.skip(1);  // character set of the name
  const auto field = [&](std::uint64_t size) {
    const Bytes bytes = cursor.take(size);
    if (version == 1) cursor.align();  // all fields before are whole too
    return bytes;
  };
  const std::string name = text_until_nul(field(name_size));
  const Bytes type = field(type_size);
  const Bytes space = field(space_size);
  Attribute attribute;
  if (version > 1 && flags != 0)
    attribute.type.reason = "a named datatype";
  else
    attribute.type = read_datatype(file, type);
  attribute.space = read_dataspace(file, space);
  attribute.data = cursor.take(cursor.remaining());
  if (!attributes.emplace(name, std::move(attribute)).second)
    file.fail(str("an object has two attributes called ", json_quote(name)));
}

/// One number, made little-endian.
std::uint64_t bits_of(Bytes element, bool big_endian) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < element.size(); ++i) {
    const std::byte byte = element[big_endian ? i : element.size() - 1 - i];
    bits = (bits << 8) | std::to_integer<std::uint64_t>(byte);
  }
  return bits;
}

Config number_value(const FileBytes& file, const Datatype& type, Bytes element) {
  const std::uint64_t bits = bits_of(element, type.big_endian);
  switch (type.dtype) {
    case DType::kBool:
      return bits != 0;
    case DType::kFloat16:
      return static_cast<double>(to_float32(float16{static_cast<std::uint16_t>(bits)}));
    case DType::kBfloat16:
      return static_cast<double>(to_float32(bfloat16{static_cast<std::uint16_t>(bits)}));
    case DType::kFloat32:
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    case DType::kFloat64:
      return std::bit_cast<double>(bits);
    case DType::kInt8:
      return static_cast<std::int64_t>(static_cast<std::int8_t>(bits));
    case DType::kInt16:
      return static_cast<std::int64_t>(static_cast<std::int16_t>(bits));
    case DType::kInt32:
      return static_cast<std::int64_t>(static_cast<std::int32_t>(bits));
    default:
      break;
  }
  if (type.unsigned_64 && bits > std::numeric_limits<std::int64_t>::max())
    file.fail(str("the integer ", bits, " does not fit in 64 bits with a sign"));
  return static_cast<std::int64_t>(bits);
}

Config fixed_string(const Datatype& type, Bytes element) {
  std::string text = text_until_nul(element);
  if (type.space_padded) text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Config variable_string(const FileBytes& file, GlobalHeap& heap, Visited& strings, Bytes element) {
  Cursor cursor(file, element, "a variable-length string");
  const std::uint64_t size = cursor.number(4);
  const std::uint64_t collection = cursor.address();
  if (size == 0) return "";
  const Bytes bytes = heap.object(collection, cursor.number(4));
  if (size > bytes.size()) cursor.fail("is longer than what holds it");
  strings.spend(size);
  return text_until_nul(bytes.first(size));
}

Config element_value(const FileBytes& file, const Datatype& type, GlobalHeap& heap,
                     Visited& strings, Bytes element) {
  switch (type.kind) {
    case Datatype::Kind::kNumber:
      return number_value(file, type, element);
    case Datatype::Kind::kFixedString:
      return fixed_string(type, element);
    case Datatype::Kind::kVariableString:
      return variable_string(file, heap, strings, element);
    default:
      break;
  }
  file.fail(str("attributes with ", type.reason.empty() ? "opaque bytes" : type.reason,
                " are not supported"));
}

}  // namespace

Attributes read_attributes(const FileBytes& file, const std::vector<Message>& messages) {
  Attributes attributes;
  for (const Message& message : messages) {
    if (message.type == MessageType::kAttribute && !message.shared)
      read_attribute(file, message.data, attributes);
    if (message.type != MessageType::kAttributeInfo) continue;
    Cursor cursor(file, message.data, "attribute information");
    cursor.skip(1);
    if ((cursor.byte() & 1) != 0) cursor.skip(2);
    const std::uint64_t heap = cursor.address();
    const std::uint64_t names = cursor.address();
    if (heap == kUndefined) continue;
    for (const Bytes dense : read_dense_messages(file, heap, names, DenseKind::kAttributes))
      read_attribute(file, dense, attributes);
  }
  return attributes;
}

Config attribute_value(const FileBytes& file, const Attribute& attribute) {
  if (attribute.space.null) return {};
  const Datatype& type = attribute.type;
  GlobalHeap heap(file);
  Visited strings(file, "an attribute");
  Cursor cursor(file, attribute.data, "an attribute's value");
  if (attribute.space.shape.empty())
    return element_value(file, type, heap, strings, cursor.take(type.size));
  const std::uint64_t count = attribute.space.element_count(file);
  if (type.size == 0 || count > attribute.data.size() / type.size)
    if (count > 0) cursor.fail("is too short");
  Config::List list;
  for (std::uint64_t i = 0; i < count; ++i)
    list.push_back(element_value(file, type, heap, strings, cursor.take(type.size)));
  return list;
}

}  // namespace keras::saving::hdf5
