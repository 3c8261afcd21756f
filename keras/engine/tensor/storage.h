#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace keras {

/// A shared block of bytes: memory of our own (64-byte aligned), or somebody else's kept alive by
/// an owner, such as a mapped file. Copies share the bytes.
class Storage {
 public:
  Storage() = default;
  /// `size` uninitialized bytes, aligned for the widest vector load.
  static Storage allocate(std::size_t size);
  static Storage copy_of(std::span<const std::byte> bytes);
  /// Bytes that belong to `owner`; they are not written to unless `writable`.
  static Storage view(std::byte* data, std::size_t size, std::shared_ptr<const void> owner,
                      bool writable = false);

  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool writable() const { return writable_; }
  explicit operator bool() const { return data_ != nullptr; }
  /// True when no other handle shares the bytes, so that they may be reused in place.
  bool unique() const { return data_.use_count() == 1; }

 private:
  std::shared_ptr<std::byte> data_;
  std::size_t size_ = 0;
  bool writable_ = true;
};

}  // namespace keras
