#include "keras/saving/hdf5/global_heap.h"

#include <string_view>

#include "keras/engine/text.h"

namespace keras::saving::hdf5 {
namespace {

constexpr std::string_view kWhat = "a global heap";

}  // namespace

Bytes GlobalHeap::object(std::uint64_t collection, std::uint64_t index) {
  auto found = collections_.find(collection);
  if (found == collections_.end())
    found = collections_.emplace(collection, read_collection(collection)).first;
  const auto object = found->second.find(index);
  if (object == found->second.end()) file_.fail(str(kWhat, " has no object ", index));
  return object->second;
}

GlobalHeap::Objects GlobalHeap::read_collection(std::uint64_t address) {
  Cursor head(file_, file_.from(address, kWhat), kWhat);
  head.expect("GCOL");
  head.skip(4);
  const std::uint64_t size = head.length();
  visited_.enter(address, size);
  Cursor cursor(file_, file_.at(address, size, kWhat), kWhat);
  cursor.skip(head.position());
  Objects objects;
  while (cursor.remaining() >= 8 + file_.length_size) {
    const std::uint64_t index = cursor.number(2);
    cursor.skip(6);
    const std::uint64_t object_size = cursor.length();
    if (index == 0) break;  // the rest is free
    objects.emplace(index, cursor.take(object_size));
    cursor.align();
  }
  return objects;
}

}  // namespace keras::saving::hdf5
