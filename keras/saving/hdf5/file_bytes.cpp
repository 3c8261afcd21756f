#include "keras/saving/hdf5/file_bytes.h"

#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/byte_reader.h"

namespace keras::saving::hdf5 {

Bytes FileBytes::from(std::uint64_t address, std::string_view what) const {
  if (address == kUndefined || address > storage.size() || base > storage.size() - address)
    fail(str(what, " lies outside the file"));
  return all().subspan(base + address);
}

Bytes FileBytes::at(std::uint64_t address, std::uint64_t size, std::string_view what) const {
  const Bytes rest = from(address, what);
  if (size > rest.size()) fail(str(what, " reaches beyond the end of the file"));
  return rest.first(size);
}

void FileBytes::fail(std::string_view reason) const {
  throw IoError(str(source, ": ", reason, "."));
}

std::uint64_t Cursor::number(std::size_t width) {
  const auto value = read_little(bytes_, position_, width);
  if (!value) fail("is too short");
  position_ += width;
  return *value;
}

std::uint64_t Cursor::address() {
  const std::uint64_t value = number(file_.offset_size);
  const std::uint64_t ones = kUndefined >> (64 - 8 * file_.offset_size);
  return value == ones ? kUndefined : value;
}

Bytes Cursor::take(std::uint64_t size) {
  const auto part = part_of(bytes_, position_, size);
  if (!part) fail("is too short");
  position_ += size;
  return *part;
}

void Cursor::align() { skip((8 - position_ % 8) % 8); }

void Cursor::expect(std::string_view signature) {
  const Bytes found = take(signature.size());
  if (!std::equal(found.begin(), found.end(), std::as_bytes(std::span(signature)).begin()))
    fail(str("does not begin with ", signature));
}

void Cursor::fail(std::string_view reason) const { file_.fail(str(what_, " ", reason)); }

void Visited::enter(std::uint64_t address, std::uint64_t size) {
  if (!addresses_.insert(address).second) file_.fail(str(what_, " contains itself"));
  spend(size);
}

void Visited::spend(std::uint64_t size) {
  if (size > file_.storage.size() - spent_) file_.fail(str(what_, " overlaps itself"));
  spent_ += size;
}

std::string text_until_nul(Bytes bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  return {reinterpret_cast<const char*>(bytes.data()),
          static_cast<std::size_t>(end - bytes.begin())};
}

}  // namespace keras::saving::hdf5
