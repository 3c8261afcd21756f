#include "keras/saving/npy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/saving/archive/archive.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras::saving {
namespace {

using test_support::TempFolder;

Storage storage_of(const std::string& text) {
  return Storage::copy_of(std::as_bytes(std::span(text)));
}

std::string text_of(const Storage& storage) {
  return {reinterpret_cast<const char*>(storage.data()), storage.size()};
}

std::string npy(const std::string& header, const std::string& data, char version = '\1') {
  std::string out = std::string("\x93NUMPY") + version + '\0';
  out += static_cast<char>(header.size());
  out.append(version == '\1' ? 1 : 3, '\0');
  return out + header + data;
}

Array parse(const std::string& bytes) { return parse_npy(storage_of(bytes), "a.npy"); }

std::string message_of(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const IoError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Npy, RoundTripsEveryDtype) {
  const TempFolder folder;
  const std::string bytes("\0\1\1\0\1\0\0\1\1\1\0\0\1\0\0\1", 16);
  for (int i = 0; i <= static_cast<int>(DType::kFloat64); ++i) {
    const auto dtype = static_cast<DType>(i);
    const Shape shape{2, static_cast<std::int64_t>(8 / dtype_size(dtype))};
    save_npy(folder / "a.npy", {dtype, shape, storage_of(bytes)});
    const Array array = load_npy(folder / "a.npy");
    EXPECT_EQ(array.dtype, dtype);
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(text_of(array.bytes), bytes);
    EXPECT_FALSE(array.bytes.writable()) << "a view of the mapped file";
  }
  EXPECT_THROW(save_npy(folder / "a.npy", {DType::kFloat32, {2}, storage_of("abc")}), ValueError);
}

TEST(Npy, ReadsVersionsAndSpellings) {
  for (const char version : {'\1', '\2', '\3'}) {
    const Array array =
        parse(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 1), }\n", "ab", version));
    EXPECT_EQ(array.shape, (Shape{2, 1}));
    EXPECT_EQ(text_of(array.bytes), "ab");
  }
  EXPECT_EQ(parse(npy("{\"shape\": (), \"descr\": '|i1','fortran_order':False}", "a")).shape,
            Shape());
}

TEST(Npy, TurnsFortranAndBigEndianAround) {
  EXPECT_EQ(
      text_of(
          parse(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "adbecf")).bytes),
      "abcdef");
  EXPECT_EQ(text_of(parse(npy("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 2, 1), }",
                              "abefcdgh"))
                        .bytes),
            "badcfehg");
}

TEST(Npy, RefusesWhatIsNoPlainArray) {
  const std::string good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
  EXPECT_EQ(message_of(npy(good, "ab")), "no error");
  EXPECT_EQ(message_of(npy(good, "a")), "a.npy: is truncated.");
  EXPECT_EQ(message_of("PK"), "a.npy: is no .npy file.");
  EXPECT_EQ(message_of(npy(good, "ab", '\4')), "a.npy: has the unknown .npy version 4.");
  EXPECT_EQ(message_of(npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "ab")),
            "a.npy: the dtype \"|O\" is not supported.");
  EXPECT_EQ(message_of(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", "ab")),
            "a.npy: a boolean is neither 0 nor 1.");
  EXPECT_EQ(message_of(npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }",
                           std::string(8, '\xff'))),
            "a.npy: an unsigned integer does not fit in 64 bits with a sign.");
  EXPECT_EQ(message_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': "
                           "(4611686018427387904, 4), }",
                           "")),
            "a.npy: has a shape larger than any memory.");
  for (const std::string header :
       {"", "{}", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2,), }",
        "{'descr': '|u1', 'fortran_order': 1, 'shape': (2,), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), } x"}) {
    EXPECT_EQ(message_of(npy(header, "ab")),
              "a.npy: has a .npy header other than of a plain array of numbers.");
  }
}

TEST(Npy, DamagedFilesLoadOrErr) {
  const std::string good =
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", std::string(16, 'x'));
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(parse(good.substr(0, length)), IoError);
  std::mt19937 random(1);
  for (int round = 0; round < 10000; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
    message_of(bad);
  }
}

TEST(Npz, RoundTrips) {
  const TempFolder folder;
  const NamedArrays arrays{{"x0", {DType::kUint8, {2, 2}, storage_of("abcd")}},
                           {"y", {DType::kFloat32, {0}, Storage::allocate(0)}}};
  save_npz(folder / "a.npz", arrays);
  const NamedArrays loaded = load_npz(folder / "a.npz");
  ASSERT_EQ(loaded.size(), 2u);
  EXPECT_EQ(loaded[0].first, "x0");
  EXPECT_EQ(text_of(loaded[0].second.bytes), "abcd");
  EXPECT_EQ(loaded[1].second.shape, Shape({0}));
  EXPECT_THROW(save_npz(folder / "a.npz", {arrays[0], arrays[0]}), ValueError);
  EXPECT_EQ(load_npz(folder / "a.npz").size(), 2u);
}

TEST(Npz, AgreesWithNumpy) {
  const auto python = test_support::find_python("numpy");
  if (!python) GTEST_SKIP() << "no Python with NumPy; name one in KERAS_TEST_PYTHON";
  const TempFolder folder;
  save_npy(folder / "a.npy", {DType::kInt16, {2}, storage_of(std::string("\1\0\2\0", 4))});
  save_npz(folder / "a.npz", {{"x", {DType::kUint8, {1, 2}, storage_of("ab")}},
                              {"s", {DType::kFloat32, {}, storage_of(std::string(4, '\0'))}}});
  EXPECT_EQ(test_support::run_python(
                *python, folder,
                "import numpy as np\n"
                "print(np.load('a.npy'), np.load('a.npy').dtype)\n"
                "z = np.load('a.npz'); print(z.files, z['x'], z['s'])\n"
                "x = np.arange(24, dtype='>f4').reshape(2, 3, 4)\n"
                "np.savez_compressed('p.npz', c=x, f=np.asfortranarray(x), t=x.T)\n"),
            "[1 2] int16\n['x', 's'] [[97 98]] 0.0\n");
  const NamedArrays loaded = load_npz(folder / "p.npz");
  ASSERT_EQ(loaded.size(), 3u);
  for (const auto& [name, array] : loaded) {
    EXPECT_EQ(array.shape, name == "t" ? Shape({4, 3, 2}) : Shape({2, 3, 4}));
    const auto* values = reinterpret_cast<const float*>(array.bytes.data());
    EXPECT_EQ(values[1], name == "t" ? 12.0F : 1.0F);
    EXPECT_EQ(values[23], 23.0F);
  }
}

}  // namespace
}  // namespace keras::saving
