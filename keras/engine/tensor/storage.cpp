#include "keras/engine/tensor/storage.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

constexpr std::size_t kAlignment = 64;

}  // namespace

Storage Storage::allocate(std::size_t size) {
  std::byte* data = nullptr;
  if (size <= std::numeric_limits<std::size_t>::max() - 2 * kAlignment) {
    // An empty block has an address too, so that it differs from no block.
    const std::size_t rounded = (size / kAlignment + 1) * kAlignment;
    data = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded));
  }
  if (data == nullptr) throw BackendError(str("Out of memory: cannot allocate ", size, " bytes."));
  Storage storage;
  storage.data_ = std::shared_ptr<std::byte>(data, [](std::byte* bytes) { std::free(bytes); });
  storage.size_ = size;
  return storage;
}

Storage Storage::copy_of(std::span<const std::byte> bytes) {
  Storage storage = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(storage.data(), bytes.data(), bytes.size());
  return storage;
}

Storage Storage::view(std::byte* data, std::size_t size, std::shared_ptr<const void> owner,
                      bool writable) {
  Storage storage;
  storage.data_ = std::shared_ptr<std::byte>(std::move(owner), data);
  storage.size_ = size;
  storage.writable_ = writable;
  return storage;
}

}  // namespace keras
