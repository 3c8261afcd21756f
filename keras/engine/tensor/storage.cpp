#include "keras/engine/tensor/storage.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras {
namespace {

constexpr std::size_t kAlignment = 64;

/// From this size on a block lies on large pages, where the system has them: kernels that walk
/// through much memory spend a tenth to a third of their time on small pages' addresses.
constexpr std::size_t kWorthLargePages = std::size_t{8} << 20;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::byte* allocate_bytes(std::size_t size) {
  const bool large = size >= kWorthLargePages;
  void* data = nullptr;
  if (posix_memalign(&data, large ? kLargePage : kAlignment, size) != 0) return nullptr;
  if (large) madvise(data, size, MADV_HUGEPAGE);
  return static_cast<std::byte*>(data);
}

}  // namespace

Storage Storage::allocate(std::size_t size) {
  std::byte* data = nullptr;
  // An empty block has an address too, so that it differs from no block.
  if (size <= std::numeric_limits<std::size_t>::max() - 2 * kAlignment)
    data = allocate_bytes((size / kAlignment + 1) * kAlignment);
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
