#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <vector>

#include "keras/engine/tensor/variable_state.h"

namespace keras::engine {
namespace {

/// The columns first, of a (2, 3) matrix.
LayoutPtr column_major() {
  return std::make_shared<Layout>(std::vector<std::vector<std::int64_t>>{{0, 1}, {0, 2, 4}});
}

Storage numbers(const std::vector<float>& values) {
  return Storage::copy_of(std::as_bytes(std::span(values)));
}

std::vector<float> floats(const std::byte* bytes, std::size_t count) {
  std::vector<float> values(count);
  std::memcpy(values.data(), bytes, count * sizeof(float));
  return values;
}

VariableStorage two_by_three() {
  return {TensorSpec{{2, 3}, DType::kFloat32}, numbers({1, 2, 3, 4, 5, 6})};
}

TEST(Layout, PacksAndUnpacksEveryElementSize) {
  for (const std::size_t size : {1u, 2u, 4u, 8u}) {
    std::vector<std::byte> plain(6 * size), packed(6 * size), back(6 * size);
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::byte>(i);
    column_major()->pack(plain.data(), packed.data(), size);
    EXPECT_EQ(packed[size], plain[3 * size]) << size;
    column_major()->unpack(packed.data(), back.data(), size);
    EXPECT_EQ(back, plain) << size;
  }
}

TEST(Layout, PacksRunsOfElementsAndSomeOfTheRows) {
  // (2, 3, 4): blocks of two columns, each with all rows.
  const Layout blocks({{0, 6}, {0, 2, 4}, {0, 1, 12, 13}});
  ASSERT_EQ(blocks.rows(), 6);
  std::vector<std::uint16_t> plain(24), packed(24), back(24);
  std::iota(plain.begin(), plain.end(), std::uint16_t{0});
  const auto bytes = [](std::vector<std::uint16_t>& v) {
    return reinterpret_cast<std::byte*>(v.data());
  };
  blocks.pack_rows(bytes(plain), bytes(packed), 2, 3, 6);
  EXPECT_EQ(packed[0], 0) << "of the first rows";
  blocks.pack_rows(bytes(plain), bytes(packed), 2, 0, 3);
  EXPECT_EQ(packed, (std::vector<std::uint16_t>{0, 1, 4, 5, 8,  9,  12, 13, 16, 17, 20, 21,
                                                2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23}));
  blocks.unpack(bytes(packed), bytes(back), 2);
  EXPECT_EQ(back, plain);
}

TEST(Layout, ANumberHasOne) {
  const Layout layout({});
  const float number = 3;
  float packed = 0;
  layout.pack(reinterpret_cast<const std::byte*>(&number), reinterpret_cast<std::byte*>(&packed),
              sizeof number);
  EXPECT_EQ(packed, 3);
}

TEST(Layout, EqualPlacesAreOneLayout) {
  EXPECT_TRUE(same_layout(column_major(), column_major()));
  EXPECT_FALSE(same_layout(column_major(), nullptr));
  EXPECT_TRUE(same_layout(nullptr, nullptr));
}

TEST(VariableStorage, ReadsInAnyLayout) {
  auto storage = two_by_three();
  EXPECT_EQ(floats(storage.read(column_major()), 6), (std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(floats(storage.read(nullptr), 6), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(VariableStorage, WhatIsWrittenInALayoutIsReadInTheOthers) {
  auto storage = two_by_three();
  storage.read(nullptr);
  auto* packed = reinterpret_cast<float*>(storage.write(column_major()));
  EXPECT_EQ(packed[1], 4);
  packed[1] = 40;
  EXPECT_EQ(floats(storage.read(nullptr), 6), (std::vector<float>{1, 2, 3, 40, 5, 6}));
}

TEST(VariableStorage, WhatWasSharedDoesNotSeeLaterWrites) {
  auto storage = two_by_three();
  const Storage kept = storage.share();
  reinterpret_cast<float*>(storage.write(nullptr))[0] = 9;
  EXPECT_EQ(floats(kept.data(), 1)[0], 1);
  EXPECT_EQ(floats(storage.read(nullptr), 1)[0], 9);
}

TEST(VariableStorage, EveryChangeOfAddressesIsCounted) {
  auto storage = two_by_three();
  auto last = variable_generation();
  const auto changed = [&] { return std::exchange(last, variable_generation()) != last; };
  storage.write(nullptr);
  EXPECT_FALSE(changed());
  storage.read(column_major());
  EXPECT_TRUE(changed());
  storage.read(column_major());
  EXPECT_FALSE(changed());
  storage.write(nullptr);
  EXPECT_TRUE(changed()) << "the packed copy was dropped";
  storage.store(numbers({6, 5, 4, 3, 2, 1}));
  EXPECT_TRUE(changed());
}

}  // namespace
}  // namespace keras::engine
