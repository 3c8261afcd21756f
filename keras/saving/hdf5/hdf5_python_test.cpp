// h5py, and with it the HDF5 library, as the judge of both directions.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/saving/hdf5/hdf5_file.h"
#include "keras/saving/hdf5/hdf5_writer.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras::saving {
namespace {

using test_support::TempFolder;

template <typename T>
Storage storage_of(const std::vector<T>& values) {
  return Storage::copy_of(std::as_bytes(std::span(values)));
}

template <typename T>
std::vector<T> values_of(const Hdf5Dataset& dataset) {
  const Storage storage = dataset.read();
  const auto* data = reinterpret_cast<const T*>(storage.data());
  return {data, data + storage.size() / sizeof(T)};
}

class Hdf5PythonTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto python = test_support::find_python("numpy, h5py");
    if (!python) GTEST_SKIP() << "no Python with h5py; name one in KERAS_TEST_PYTHON";
    python_ = *python;
  }
  std::string run(const std::string& script) {
    return test_support::run_python(python_, folder_, "import h5py, numpy as np\n" + script);
  }
  Hdf5Group root(const std::string& name = "p.h5") { return Hdf5File::open(folder_ / name).root(); }

  TempFolder folder_;
  std::string python_;
};

TEST_F(Hdf5PythonTest, ReadsWhatWeWrite) {
  Hdf5Writer writer;
  Hdf5GroupWriter root = writer.root();
  root.attribute("text", "d\xc3\xa9nse");
  root.attribute("empty", "");
  root.attribute("names", Config::list({"kernel", "b"}));
  root.attribute("none", Config::list());
  root.attribute("int", 3);
  root.attribute("float", 0.5);
  root.attribute("bool", true);
  root.attribute("large", std::string(100000, 'x'));
  root.dataset("f", DType::kFloat32, {2, 2}, storage_of<float>({1, 2, 3, 4}));
  root.dataset("b", DType::kBool, {2}, storage_of<std::uint8_t>({0, 1}));
  root.dataset("h", DType::kFloat16, {1}, storage_of<std::uint16_t>({0x3c00}));
  root.dataset("bf", DType::kBfloat16, {2}, storage_of<std::uint16_t>({0x3f80, 0}));
  root.dataset("u", DType::kUint32, {}, storage_of<std::uint32_t>({4000000000u}));
  root.dataset("z", DType::kFloat32, {0}, Storage::allocate(0));
  writer.save(folder_ / "m.h5");
  EXPECT_EQ(run("f = h5py.File('m.h5')\n"
                "a = f.attrs\n"
                "print(ascii(a['text']), repr(a['empty']), a['names'].tolist(), a['none'].shape)\n"
                "print(a['int'], a['int'].dtype, a['float'], a['bool'], len(a['large']))\n"
                "print(f['f'][()].tolist(), f['f'].dtype, f['b'][()].tolist(), f['h'][()])\n"
                "print(f['bf'].dtype, f['bf'].attrs['dtype'], f['u'][()], f['z'].shape)\n"),
            "'d\\xe9nse' '' [b'kernel', b'b'] (0,)\n"
            "3 int64 0.5 True 100000\n"
            "[[1.0, 2.0], [3.0, 4.0]] float32 [False, True] [1.]\n"
            "|V2 bfloat16 4000000000 (0,)\n");
}

TEST_F(Hdf5PythonTest, ReadsAndExtendsLargeGroups) {
  Hdf5Writer writer;
  for (int i = 0; i < 3000; ++i) {
    writer.root()
        .group("layers/layer_" + std::to_string(i))
        .dataset("0", DType::kInt32, {1}, storage_of<std::int32_t>({i}));
  }
  writer.save(folder_ / "m.h5");
  EXPECT_EQ(run("with h5py.File('m.h5', 'a') as f:\n"
                "  g = f['layers']\n"
                "  print(len(g), all(g[f'layer_{i}/0'][0] == i for i in range(3000)), 'x' in g)\n"
                "  for i in range(100): g.create_group(f'layer_1_{i}')\n"
                "  del g['layer_7']\n"
                "f = h5py.File('m.h5')\n"
                "print(len(f['layers']), f['layers/layer_2999/0'][0])\n"),
            "3000 True False\n3099 2999\n");
  EXPECT_EQ(root("m.h5").group("layers").names().size(), 3099u);
}

TEST_F(Hdf5PythonTest, WeReadItsDtypes) {
  ASSERT_EQ(run("with h5py.File('p.h5', 'w') as f:\n"
                "  for n in 'i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8'.split():\n"
                "    f['l' + n] = np.arange(6).astype('<' + n).reshape(2, 3)\n"
                "    f['b' + n] = np.arange(6).astype('>' + n).reshape(2, 3)\n"
                "  f['bool'] = np.array([True, False])\n"
                "  f['scalar'] = np.float32(2.5)\n"
                "  f['compact'] = np.zeros(0, 'f4')\n"
                "  f.create_dataset('late', (3,), 'i4', fillvalue=7)\n"
                "  f['huge'] = np.array([2**63], 'u8')\n"
                "  f['text'] = 'abc'\n"
                "  f['complex'] = np.zeros(2, 'c8')\n"),
            "");
  const Hdf5Group group = root();
  for (const std::string name : {"li4", "bi4"})
    EXPECT_EQ(values_of<std::int32_t>(group.dataset(name)),
              (std::vector<std::int32_t>{0, 1, 2, 3, 4, 5}));
  for (const std::string name : {"lf8", "bf8"})
    EXPECT_EQ(values_of<double>(group.dataset(name)), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  for (const std::string name : {"lu8", "bu8"}) {
    EXPECT_EQ(group.dataset(name).dtype(), DType::kInt64);
    EXPECT_EQ(values_of<std::int64_t>(group.dataset(name))[5], 5);
  }
  EXPECT_EQ(values_of<std::uint16_t>(group.dataset("bf2"))[1], 0x3c00);
  EXPECT_EQ(group.dataset("bool").dtype(), DType::kBool);
  EXPECT_EQ(values_of<float>(group.dataset("scalar")), std::vector<float>{2.5F});
  EXPECT_EQ(group.dataset("scalar").shape(), Shape());
  EXPECT_EQ(values_of<std::int32_t>(group.dataset("late")), (std::vector<std::int32_t>{7, 7, 7}));
  EXPECT_THROW(group.dataset("huge").read(), IoError);
  EXPECT_THROW(group.dataset("text").read(), IoError);
  EXPECT_THROW(group.dataset("complex").read(), IoError);
}

TEST_F(Hdf5PythonTest, WeReadItsAttributes) {
  ASSERT_EQ(run("with h5py.File('p.h5', 'w') as f:\n"
                "  a = f.attrs\n"
                "  a['s'] = 'd\\xe9'\n  a['b'] = b'xy'\n  a['e'] = ''\n"
                "  a['fixed'] = np.array([b'ab', b'c'])\n  a['list'] = ['a', 'bcd']\n"
                "  a['i'] = 3\n  a['f'] = np.float32(0.1)\n  a['t'] = True\n"
                "  a['none'] = []\n  a['null'] = h5py.Empty('f4')\n"
                "  a['big'] = np.array([1, 2], '>i2')\n"
                "  a['many'] = ['x' * 50] * 2000\n"
                "  a['np'] = np.bytes_('fix')\n"),
            "");
  const Hdf5Group group = root();
  EXPECT_EQ(group.attribute("s"), Config("d\xc3\xa9"));
  EXPECT_EQ(group.attribute("b"), Config("xy"));
  EXPECT_EQ(group.attribute("e"), Config(""));
  EXPECT_EQ(group.attribute("fixed"), Config::list({"ab", "c"}));
  EXPECT_EQ(group.attribute("list"), Config::list({"a", "bcd"}));
  EXPECT_EQ(group.attribute("i"), Config(3));
  EXPECT_EQ(group.attribute("f"), Config(0.1));
  EXPECT_EQ(group.attribute("t"), Config(true));
  EXPECT_EQ(group.attribute("none"), Config::list());
  EXPECT_EQ(group.attribute("null"), Config());
  EXPECT_EQ(group.attribute("big"), Config::list({1, 2}));
  EXPECT_EQ(group.attribute("many").size(), 2000u);
  EXPECT_EQ(group.attribute("np"), Config("fix"));
}

TEST_F(Hdf5PythonTest, WeReadItsChunks) {
  ASSERT_EQ(run("x = np.arange(35 * 13 * 4).reshape(35, 13, 4).astype('f4')\n"
                "with h5py.File('p.h5', 'w') as f:\n"
                "  for i, o in enumerate([dict(), dict(compression='gzip'), dict(shuffle=True),\n"
                "      dict(fletcher32=True), dict(compression='gzip', shuffle=True, "
                "fletcher32=True)]):\n"
                "    f.create_dataset(f'c{i}', data=x, chunks=(8, 5, 3), **o)\n"
                "  d = f.create_dataset('sparse', (100, 100), 'i2', chunks=(7, 7), fillvalue=9)\n"
                "  d[50, 50] = 1\n"
                "  f.create_dataset('lzf', data=x, compression='lzf')\n"
                "  d = f.create_dataset('grown', (3,), 'i4', chunks=(4,), maxshape=(None,))\n"
                "  d[:] = 5\n"),
            "");
  const Hdf5Group group = root();
  for (int i = 0; i < 5; ++i) {
    const auto values = values_of<float>(group.dataset("c" + std::to_string(i)));
    ASSERT_EQ(values.size(), 35u * 13 * 4);
    for (std::size_t k = 0; k < values.size(); ++k)
      ASSERT_EQ(values[k], static_cast<float>(k)) << i;
  }
  const auto sparse = values_of<std::int16_t>(group.dataset("sparse"));
  EXPECT_EQ(sparse[0], 9);
  EXPECT_EQ(sparse[5050], 1);
  EXPECT_EQ(values_of<std::int32_t>(group.dataset("grown")), (std::vector<std::int32_t>{5, 5, 5}));
  EXPECT_THROW(group.dataset("lzf").read(), IoError);
}

TEST_F(Hdf5PythonTest, WeReadItsLatestFormat) {
  ASSERT_EQ(run("for v in ['latest', 'v108']:\n"
                "  with h5py.File(v + '.h5', 'w', libver=v, track_order=v == 'v108') as f:\n"
                "    f['a/b/c'] = np.arange(5, dtype='f8')\n"
                "    f['a'].attrs['name'] = 'dense'\n"
                "    f.create_dataset('one', data=np.arange(9, dtype='i4'), chunks=(9,), "
                "compression='gzip')\n"
                "    for i in range(1000): f.create_group(f'many/g{i}').attrs['i'] = i\n"
                "    for i in range(500): f['a'].attrs[f'a{i}'] = i\n"
                "    f['a'].attrs['wide'] = np.array([b'y' * 500] * 100)\n"),
            "");
  for (const std::string name : {"latest.h5", "v108.h5"}) {
    const Hdf5Group group = root(name);
    EXPECT_EQ(values_of<double>(group.dataset("a/b/c"))[4], 4.0);
    EXPECT_EQ(values_of<std::int32_t>(group.dataset("one"))[8], 8);
    EXPECT_EQ(group.group("a").attribute("name"), Config("dense"));
    EXPECT_EQ(group.group("a").attribute("a499"), Config(499));
    EXPECT_EQ(group.group("a").attribute("wide").size(), 100u);
    EXPECT_EQ(group.group("many").names().size(), 1000u);
    EXPECT_EQ(group.group("many/g999").attribute("i"), Config(999));
  }
}

TEST_F(Hdf5PythonTest, LinksAndForeignDataAreRefused) {
  ASSERT_EQ(run("with h5py.File('p.h5', 'w') as f:\n"
                "  f['a'] = np.zeros(3)\n"
                "  f['soft'] = h5py.SoftLink('/a')\n"
                "  f['external'] = h5py.ExternalLink('other.h5', '/a')\n"
                "  f.create_dataset('raw', (3,), 'f4', external=[('data.bin', 0, 12)])\n"
                "  layout = h5py.VirtualLayout((3,), 'f8')\n"
                "  layout[:] = h5py.VirtualSource('other.h5', 'a', (3,))\n"
                "  f.create_virtual_dataset('virtual', layout)\n"
                "  f['self'] = f['/']\n"),
            "");
  const Hdf5Group group = root();
  const auto message = [&](const std::string& name) -> std::string {
    try {
      group.dataset(name).read();
    } catch (const IoError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_NE(message("soft").find("/soft is a soft link"), std::string::npos);
  EXPECT_NE(message("external").find("/external is an external link"), std::string::npos);
  EXPECT_NE(message("raw").find("other files"), std::string::npos);
  EXPECT_NE(message("virtual").find("is virtual"), std::string::npos);
  EXPECT_NE(message("self").find("contains itself"), std::string::npos);
  EXPECT_EQ(message("a"), "no error");
}

TEST_F(Hdf5PythonTest, StringsThatShareBytesAreBounded) {
  ASSERT_EQ(run("with h5py.File('p.h5', 'w') as f:\n"
                "  f.attrs['a'] = ['x' * 50000] + ['y'] * 999\n"),
            "");
  std::string bytes = test_support::read_file(folder_ / "p.h5");
  const std::string reference("\x50\xc3\0\0", 4);  // 50000
  const std::size_t first = bytes.find(reference);
  ASSERT_NE(first, std::string::npos);
  for (std::size_t i = 1; i < 1000; ++i) bytes.replace(first + 16 * i, 16, bytes, first, 16);
  const Hdf5File file = Hdf5File::open(Storage::copy_of(std::as_bytes(std::span(bytes))), "m.h5");
  EXPECT_THROW(file.root().attribute("a"), IoError);
  EXPECT_EQ(root().attribute("a").size(), 1000u);
}

TEST_F(Hdf5PythonTest, DamagedFilesLoadOrErr) {
  ASSERT_EQ(run("for v in ['earliest', 'latest']:\n"
                "  with h5py.File(v + '.h5', 'w', libver=v) as f:\n"
                "    f.create_dataset('c', data=np.arange(40, dtype='i4').reshape(8, 5), "
                "chunks=(3, 2) if v == 'earliest' else (8, 5), compression='gzip', "
                "shuffle=True, fletcher32=True)\n"
                "    for i in range(12): f.create_group(f'g{i}').attrs['n'] = 'x'\n"
                "    f.attrs['names'] = ['a', 'b']\n"),
            "");
  std::mt19937 random(11);
  for (const std::string name : {"earliest.h5", "latest.h5"}) {
    const std::string good = test_support::read_file(folder_ / name);
    for (int round = 0; round < 5000; ++round) {
      std::string bad = good;
      bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
      try {
        const Hdf5Group group =
            Hdf5File::open(Storage::copy_of(std::as_bytes(std::span(bad))), "m.h5").root();
        for (const auto& attribute : group.attribute_names()) group.attribute(attribute);
        for (const auto& member : group.names()) {
          if (group.is_group(member))
            group.group(member).attribute_names();
          else
            group.dataset(member).read(std::size_t{1} << 20);
        }
      } catch (const IoError&) {
      }
    }
  }
}

}  // namespace
}  // namespace keras::saving
