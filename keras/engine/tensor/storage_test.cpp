#include "keras/engine/tensor/storage.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

#include "keras/engine/error.h"

namespace keras {
namespace {

TEST(Storage, AllocatesAligned) {
  for (const std::size_t size : {0u, 1u, 64u, 1000u}) {
    const Storage storage = Storage::allocate(size);
    EXPECT_TRUE(storage);
    EXPECT_EQ(storage.size(), size);
    EXPECT_TRUE(storage.writable());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(storage.data()) % 64, 0u);
  }
  EXPECT_FALSE(Storage());
}

TEST(Storage, TooMuchIsAnError) {
  EXPECT_THROW(Storage::allocate(std::numeric_limits<std::size_t>::max()), BackendError);
  EXPECT_THROW(Storage::allocate(std::numeric_limits<std::size_t>::max() / 2), BackendError);
}

TEST(Storage, CopiesShareBytes) {
  const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  const Storage storage = Storage::copy_of(bytes);
  EXPECT_TRUE(storage.unique());
  {
    const Storage other = storage;
    EXPECT_EQ(other.data(), storage.data());
    EXPECT_FALSE(storage.unique());
  }
  EXPECT_TRUE(storage.unique());
  EXPECT_NE(storage.data(), bytes.data());
  EXPECT_EQ(storage.data()[2], std::byte{3});
  EXPECT_EQ(Storage::copy_of({}).size(), 0u);
}

TEST(Storage, ViewKeepsItsOwnerAlive) {
  auto owner = std::make_shared<std::array<std::byte, 4>>();
  const std::weak_ptr<std::array<std::byte, 4>> watch = owner;
  Storage view = Storage::view(owner->data() + 1, 2, owner);
  EXPECT_EQ(view.data(), owner->data() + 1);
  EXPECT_FALSE(view.writable());
  EXPECT_FALSE(view.unique());
  owner.reset();
  EXPECT_FALSE(watch.expired());
  view = Storage();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace keras
