#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/saving/hdf5/hdf5_file.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "tests/support/temp_folder.h"

namespace keras::saving {
namespace {

using test_support::TempFolder;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

template <typename T>
Storage storage_of(const std::vector<T>& values) {
  return Storage::copy_of(std::as_bytes(std::span(values)));
}

std::string text_of(const Storage& storage) {
  return {reinterpret_cast<const char*>(storage.data()), storage.size()};
}

std::string file_of(const Hdf5Writer& writer) {
  const Hdf5Image image = writer.finish();
  std::string bytes;
  for (const auto& part : image.parts())
    bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
  EXPECT_EQ(bytes.size(), image.size());
  return bytes;
}

Hdf5File open_bytes(const std::string& bytes) {
  return Hdf5File::open(Storage::copy_of(std::as_bytes(std::span(bytes))), "m.h5");
}

std::string small_file() {
  Hdf5Writer writer;
  Hdf5GroupWriter vars = writer.root().group("layers/dense/vars");
  vars.attribute("name", "dense");
  vars.dataset("0", DType::kFloat32, {2, 2}, storage_of<float>({1, 2, 3, 4}));
  vars.dataset("1", DType::kInt64, {}, storage_of<std::int64_t>({7}));
  writer.root().attribute("layer_names", Config::list({"a", "bcd"}));
  return file_of(writer);
}

/// Opens everything that a file holds.
void read_all(const Hdf5Group& group, int depth) {
  const auto read_attributes = [](const Hdf5Object& object) {
    for (const auto& name : object.attribute_names()) object.attribute(name);
  };
  read_attributes(group);
  for (const auto& name : group.names()) {
    if (!group.is_group(name)) {
      group.dataset(name).read(std::size_t{1} << 20);
      read_attributes(group.dataset(name));
    } else if (depth < 8) {
      read_all(group.group(name), depth + 1);
    }
  }
}

TEST(Hdf5, RoundTripsEveryDtype) {
  Hdf5Writer writer;
  const std::string bytes("\0\1\1\0\1\0\0\1\1\1\0\0\1\0\0\1", 16);
  const Storage storage = Storage::copy_of(std::as_bytes(std::span(bytes)));
  for (int i = 0; i <= static_cast<int>(DType::kFloat64); ++i) {
    const auto dtype = static_cast<DType>(i);
    const auto count = static_cast<std::int64_t>(16 / dtype_size(dtype));
    writer.root().dataset(dtype_name(dtype), dtype, {1, count}, storage);
  }
  const Hdf5Group root = open_bytes(file_of(writer)).root();
  EXPECT_EQ(root.names().size(), 12u);
  for (const auto& name : root.names()) {
    const Hdf5Dataset dataset = root.dataset(name);
    EXPECT_EQ(dtype_name(dataset.dtype()), name);
    EXPECT_EQ(dataset.shape()[0], 1);
    EXPECT_EQ(text_of(dataset.read()), bytes);
  }
}

TEST(Hdf5, MappedDataIsAnAlignedView) {
  const TempFolder folder;
  Hdf5Writer writer;
  writer.root().dataset("a", DType::kUint8, {3}, storage_of<std::uint8_t>({1, 2, 3}));
  writer.root().dataset("b", DType::kFloat32, {2}, storage_of<float>({1.5F, -2}));
  writer.save(folder / "m.h5");
  const Storage b = Hdf5File::open(folder / "m.h5").root().dataset("b").read();
  EXPECT_FALSE(b.writable());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b.data()) % 64, 0u);
  float value = 0;
  std::memcpy(&value, b.data() + 4, 4);
  EXPECT_EQ(value, -2.0F);
}

TEST(Hdf5, AttributesRoundTrip) {
  Hdf5Writer writer;
  Hdf5GroupWriter root = writer.root();
  const std::string large(200000, 'x');
  const std::map<std::string, Config> values{{"text", "d\xc3\xa9nse"},
                                             {"empty", ""},
                                             {"large", large},
                                             {"int", -3},
                                             {"float", 0.1},
                                             {"bool", true},
                                             {"names", Config::list({"kernel", "b"})},
                                             {"ints", Config::list({1, -2})},
                                             {"floats", Config::list({1, 0.5})},
                                             {"none", Config::list()}};
  for (const auto& [name, value] : values) root.attribute(name, value);
  root.attribute("int", 4);
  const Hdf5Group group = open_bytes(file_of(writer)).root();
  EXPECT_EQ(group.attribute_names().size(), values.size());
  for (const auto& [name, value] : values) {
    if (name == "int")
      EXPECT_EQ(group.attribute(name), Config(4));
    else if (name == "floats")
      EXPECT_EQ(group.attribute(name), Config::list({1.0, 0.5}));
    else
      EXPECT_EQ(group.attribute(name), value) << name;
  }
}

TEST(Hdf5, ThousandsOfMembers) {
  Hdf5Writer writer;
  for (int i = 0; i < 3000; ++i)
    writer.root().group("layers/layer_" + std::to_string(i)).attribute("i", i);
  const Hdf5Group layers = open_bytes(file_of(writer)).root().group("layers");
  EXPECT_EQ(layers.names().size(), 3000u);
  for (const int i : {0, 7, 8, 255, 256, 2999})
    EXPECT_EQ(layers.group("layer_" + std::to_string(i)).attribute("i"), Config(i));
}

TEST(Hdf5, EmptyThings) {
  Hdf5Writer writer;
  writer.root().group("empty");
  writer.root().dataset("none", DType::kFloat32, {0, 3}, Storage::allocate(0));
  const Hdf5Group root = open_bytes(file_of(writer)).root();
  EXPECT_TRUE(root.group("empty").names().empty());
  EXPECT_EQ(root.dataset("none").read().size(), 0u);
  EXPECT_TRUE(open_bytes(file_of(Hdf5Writer())).root().names().empty());
}

TEST(Hdf5, PathsLeadThrough) {
  const Hdf5Group root = open_bytes(small_file()).root();
  EXPECT_TRUE(root.has("layers/dense/vars/0"));
  EXPECT_FALSE(root.has("layers/dense/vars/0/x"));
  EXPECT_TRUE(root.is_group("layers/dense"));
  EXPECT_EQ(root.dataset("layers/dense/vars/0").path(), "/layers/dense/vars/0");
  EXPECT_EQ(root.group("layers").group("dense/vars").attribute("name"), Config("dense"));
  EXPECT_EQ(message_of([&] { root.group("layers").dataset("conv"); }),
            "m.h5: /layers has no member \"conv\".\n  fix: it holds: dense");
  EXPECT_EQ(message_of([&] { root.dataset("layers"); }),
            "m.h5: /layers is a group where a dataset is expected.");
  EXPECT_EQ(message_of([&] { root.group("layers/dense/vars/0"); }),
            "m.h5: /layers/dense/vars/0 is a dataset where a group is expected.");
  EXPECT_EQ(message_of([&] { root.dataset("layers/dense/vars/0").read(15); }),
            "m.h5: the dataset of shape (2, 2) has 16 bytes where at most 15 are expected.\n"
            "  in: /layers/dense/vars/0");
  EXPECT_EQ(message_of([&] { root.attribute("x"); }), "m.h5: / has no attribute \"x\".");
}

TEST(Hdf5, WriterChecksItsInput) {
  Hdf5Writer writer;
  Hdf5GroupWriter root = writer.root();
  root.dataset("a/b", DType::kFloat32, {1}, storage_of<float>({1}));
  EXPECT_THROW(root.dataset("a/b", DType::kFloat32, {1}, storage_of<float>({1})), ValueError);
  EXPECT_THROW(root.dataset("a/b/c", DType::kFloat32, {1}, storage_of<float>({1})), ValueError);
  EXPECT_THROW(root.dataset("a", DType::kFloat32, {1}, storage_of<float>({1})), ValueError);
  EXPECT_THROW(root.dataset("c", DType::kFloat32, {2}, storage_of<float>({1})), ValueError);
  EXPECT_THROW(root.group("x//y"), ValueError);
  EXPECT_THROW(root.attribute("d", Config::dict()), ValueError);
  EXPECT_THROW(root.attribute("n", nullptr), ValueError);
  EXPECT_THROW(root.attribute("m", Config::list({1, "a"})), ValueError);
  root.attribute("long", Config::list(Config::List(3000, Config(std::string(30, 'x')))));
  EXPECT_THROW(writer.finish(), ValueError);
}

TEST(Hdf5, GroupInsideItselfIsAnError) {
  Hdf5Writer writer;
  writer.root().group("a");
  std::string bytes = file_of(writer);
  const std::size_t entry = bytes.find("SNOD") + 8;
  bytes.replace(entry + 8, 8, bytes.substr(64, 8));  // the root's header
  EXPECT_EQ(message_of([&] { open_bytes(bytes).root().group("a"); }),
            "m.h5: the group /a contains itself.");
}

TEST(Hdf5, AbsurdShapesTakeNoMemory) {
  std::string bytes = small_file();
  const std::string shape("\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16);
  const std::size_t at = bytes.find(shape);
  ASSERT_NE(at, std::string::npos);
  bytes[at + 5] = 1;
  bytes[at + 8 + 4] = 1;
  EXPECT_THROW(open_bytes(bytes).root().dataset("layers/dense/vars/0").read(), IoError);
  bytes[at + 7] = 0x7f;
  bytes[at + 15] = 0x7f;
  EXPECT_THROW(open_bytes(bytes).root().dataset("layers/dense/vars/0"), IoError);
}

TEST(Hdf5, EveryTruncationIsAnError) {
  const std::string good = small_file();
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(open_bytes(good.substr(0, length)), IoError) << length;
}

TEST(Hdf5, FlippedBitsLoadOrErr) {
  const std::string good = small_file();
  std::mt19937 random(3);
  for (int round = 0; round < 10000; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
    try {
      read_all(open_bytes(bad).root(), 0);
    } catch (const IoError&) {
    }
  }
}

TEST(Hdf5, UserBlockComesFirst) {
  const Hdf5File file = open_bytes(std::string(1024, ' ') + small_file());
  EXPECT_EQ(file.root().dataset("layers/dense/vars/0").shape(), (Shape{2, 2}));
}

}  // namespace
}  // namespace keras::saving
