#include <algorithm>
#include <atomic>
#include <utility>

#include "keras/engine/tensor/variable_state.h"

namespace keras::engine {
namespace {

std::atomic<std::uint64_t> generation{1};

}  // namespace

std::uint64_t variable_generation() { return generation.load(std::memory_order_acquire); }

void VariableStorage::store(Storage row_major) {
  const std::lock_guard lock(mutex_);
  copies_.clear();
  copies_.push_back({nullptr, std::move(row_major)});
  ++version_;
  ++generation;
}

Storage VariableStorage::share() {
  const std::lock_guard lock(mutex_);
  ++generation;
  return in_layout(nullptr).storage;
}

std::byte* VariableStorage::read(const LayoutPtr& layout) {
  const std::lock_guard lock(mutex_);
  return in_layout(layout).storage.data();
}

std::byte* VariableStorage::write(const LayoutPtr& layout) {
  const std::lock_guard lock(mutex_);
  Copy copy = std::exchange(in_layout(layout), {});
  if (std::exchange(watched_, false)) {
    ++version_;
    ++generation;
  }
  if (copies_.size() > 1) ++generation;
  copies_.clear();
  if (!copy.storage.unique() || !copy.storage.writable()) {
    copy.storage = Storage::copy_of({copy.storage.data(), copy.storage.size()});
    ++generation;
  }
  copies_.push_back(std::move(copy));
  return copies_.back().storage.data();
}

std::uint64_t VariableStorage::watch() {
  const std::lock_guard lock(mutex_);
  // Whoever writes must learn that somebody wants to know.
  if (!std::exchange(watched_, true)) ++generation;
  return version_;
}

VariableStorage::Copy& VariableStorage::in_layout(const LayoutPtr& layout) {
  const auto found = std::find_if(copies_.begin(), copies_.end(), [&](const Copy& copy) {
    return same_layout(copy.layout, layout);
  });
  if (found != copies_.end()) return *found;
  // Whoever writes must learn that there is one more copy to drop.
  ++generation;
  return copies_.emplace_back(Copy{layout, reordered(copies_.front(), layout)});
}

Storage VariableStorage::reordered(const Copy& from, const LayoutPtr& layout) const {
  const std::size_t element = dtype_size(spec_.dtype);
  Storage plain = from.storage;
  if (from.layout) {
    plain = Storage::allocate(from.storage.size());
    from.layout->unpack(from.storage.data(), plain.data(), element);
  }
  if (!layout) return plain;
  Storage packed = Storage::allocate(plain.size());
  layout->pack(plain.data(), packed.data(), element);
  return packed;
}

}  // namespace keras::engine
