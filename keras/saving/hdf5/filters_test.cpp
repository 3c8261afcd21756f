#include "keras/saving/hdf5/filters.h"

#include <gtest/gtest.h>

#include <vector>

namespace keras::saving::hdf5 {
namespace {

constexpr int kShuffle = 2;

std::vector<std::byte> numbered(std::size_t count) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

TEST(Filters, PutShuffledBytesInOrder) {
  // Elements of three bytes, and one byte over.
  const auto bytes = undo_filters({}, {{kShuffle, {3}}}, 0, numbered(7), 7);
  const int expected[] = {0, 2, 4, 1, 3, 5, 6};
  ASSERT_EQ(bytes.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(std::to_integer<int>(bytes[i]), expected[i]);
}

/// Would take hours if each byte of such an element were looked for.
TEST(Filters, DamagedElementSizesTakeNoTime) {
  const auto chunk = numbered(16);
  for (int i = 0; i < 10000; ++i)
    ASSERT_EQ(undo_filters({}, {{kShuffle, {0xffffffffU}}}, 0, chunk, 16), chunk);
}

}  // namespace
}  // namespace keras::saving::hdf5
