#include "tests/support/allocation_count.h"

#include <dlfcn.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<bool> counting = false;
std::atomic<long> count = 0;

/// oneDNN allocates each time that it runs a primitive, which is out of this project's hands.
bool is_in_onednn(const void* address) {
  Dl_info info;
  return dladdr(address, &info) != 0 && info.dli_fname && std::strstr(info.dli_fname, "libdnnl");
}

void* allocate(std::size_t bytes, std::size_t alignment, const void* caller) {
  // Looking up the caller takes longer than all the rest.
  if (counting.load(std::memory_order_relaxed) && !is_in_onednn(caller))
    count.fetch_add(1, std::memory_order_relaxed);
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, bytes == 0 ? 1 : bytes) != 0) throw std::bad_alloc();
  return memory;
}

}  // namespace

namespace keras::testing {

long allocation_count() {
  counting.store(true, std::memory_order_relaxed);
  return count.load(std::memory_order_relaxed);
}

}  // namespace keras::testing

void* operator new(std::size_t bytes) {
  return allocate(bytes, alignof(std::max_align_t), __builtin_return_address(0));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
