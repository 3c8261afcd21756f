#include "keras/datasets/pickle_reader.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "keras/datasets/pickled_lists.h"
#include "keras/engine/error.h"
#include "keras/saving/archive/archive_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::datasets {
namespace {

using testing::expect_error;
using namespace std::string_literals;
using Kind = PickleValue::Kind;

const std::filesystem::path kData = "keras/datasets/testdata";

Pickle parse(const std::string& text) {
  return Pickle(Storage::copy_of(std::as_bytes(std::span(text))), 0, "a.pkl");
}

// Python: pickle.dumps({"a": [1, 300, -7, 70000], "b": (True, None)}, 2)
const std::string kPickle =
    "\x80\x02}q\x00(X\x01\x00\x00\x00"
    "aq\x01]q\x02(K\x01M,\x01J\xf9\xff\xff\xffJp\x11\x01\x00"
    "eX\x01\x00\x00\x00"
    "bq\x03\x88N\x86q\x04u."s;

TEST(Pickle, ReadsContainersNumbersAndTexts) {
  const Pickle pickle = parse(kPickle);
  EXPECT_EQ(pickle.at("a").kind, Kind::kList);
  EXPECT_EQ(pickle.at("a").node->numbers, (std::vector<std::int64_t>{1, 300, -7, 70000}));
  const PickleValue& pair = pickle.at("b");
  ASSERT_EQ(pair.kind, Kind::kTuple);
  EXPECT_EQ(pair.node->items.at(0).number, 1);
  EXPECT_EQ(pair.node->items.at(1).kind, Kind::kNone);
  expect_error<IoError>([&] { pickle.at("c"); }, "a.pkl: has no entry c");
}

TEST(Pickle, RefusesEveryPartOfAFile) {
  for (std::size_t size = 0; size < kPickle.size(); ++size)
    expect_error<IoError>([&] { parse(kPickle.substr(0, size)); }, "a.pkl: is truncated");
}

TEST(Pickle, RunsNoCode) {
  // Python: pickle.dumps of an object whose __reduce__ gives (os.system, ("ls",))
  expect_error<IoError>(
      [] {
        parse(
            "\x80\x02"
            "cposix\nsystem\nq\x00X\x02\x00\x00\x00lsq\x01\x85q\x02Rq\x03."s);
      },
      "Refusing to deserialize `posix.system`");
  expect_error<IoError>([] { parse("\x80\x04\x8c\x05posix\x8c\x06system\x93."s); },
                        "Refusing to deserialize `posix.system`");
  expect_error<IoError>([] { parse("\x80\x02(lcnumpy\nndarray\n."s); },
                        "has the pickle instruction 108");
}

TEST(Pickle, RefusesDamage) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x80\x05N."s, "protocol 5"},
      {"\x80\x02."s, "is a damaged pickle"},
      {"\x80\x02NN."s, "is a damaged pickle"},
      {"\x80\x02"
       "e."s,
       "is a damaged pickle"},
      {"\x80\x02K\x01K\x02"
       "a."s,
       "is a damaged pickle"},
      {"\x80\x02](K\x01"
       "a."s,
       "is a damaged pickle"},
      {"\x80\x02}(K\x01u."s, "is a damaged pickle"},
      {"\x80\x02h\x07."s, "is a damaged pickle"},
      {"\x80\x02Nr\xff\xff\xff\xff."s, "holds too many things"},
      {"\x80\x02](K\x01Ne."s, "a list of both numbers and other things"},
      {"\x80\x02U\xff"
       "abc."s,
       "is truncated"},
      {"\x80\x02T\xff\xff\xff\xff"
       "abc."s,
       "is truncated"},
      {"\x80\x02NNR."s, "is a damaged pickle"},
      {"\x80\x02"
       "cnumpy\ndtype\n)R."s,
       "has a damaged dtype"},
      {"\x80\x02"
       "cnumpy\ndtype\nU\x02u1\x85R)b."s,
       "has a damaged dtype"},
      {"\x80\x02"
       "cnumpy\nndarray\n)R."s,
       "has a damaged array"},
      {"\x80\x02"
       "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R)b."s,
       "has a damaged array"},
      {"\x80\x02N)b."s, "is a damaged pickle"},
  };
  for (const auto& [bytes, part] : cases)
    expect_error<IoError>([&bytes = bytes] { parse(bytes); }, part);
  expect_error<IoError>([] { parse("\x80\x02" + std::string((1 << 20) + 1, 'N') + "."); },
                        "holds too many things");
  expect_error<IoError>([] { parse("\x80\x02" + std::string((1 << 20) + 1, ']') + "."); },
                        "holds too many things");
}

TEST(Pickle, AListThatHoldsItselfIsNoTrouble) {
  EXPECT_EQ(parse("\x80\x02]q\x00h\x00"
                  "a."s)
                .root()
                .node->items.size(),
            1u);
}

TEST(PickledLists, DoesNotCopyAListForEachPlaceThatItStandsIn) {
  // 100 times the same list of 200 numbers.
  std::string list = "]q\x01(", again;
  for (int i = 0; i < 200; ++i) list += "K\x07";
  for (int i = 1; i < 100; ++i) again += "h\x01";
  const std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (100,), }\n";
  std::string npy = "\x93NUMPY\x01"s;
  npy += '\0';
  npy += static_cast<char>(header.size());
  npy += '\0';
  npy += header;
  npy +=
      "\x80\x02"
      "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01"
      "b\x87R(K\x01K\x64\x85"
      "cnumpy\ndtype\nU\x02O8\x89\x88\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]("s;
  npy += list + "e" + again + "etb.";
  const test_support::TempFolder folder;
  saving::ArchiveWriter writer(folder / "lists.npz");
  writer.add("x.npy", npy);
  writer.finish();
  expect_error<IoError>([&] { load_lists(folder / "lists.npz", "x", "y"); },
                        "holds the same list too often");
}

TEST(PickledLists, RefusesWhatIsNoArrayOfLists) {
  const std::filesystem::path file = kData / "lists_protocol4.npz";
  expect_error<IoError>([&] { load_lists(file, "y_train", "y_train"); },
                        "y_train: is no array of lists");
  expect_error<IoError>([&] { load_lists(file, "x_train", "y_test"); },
                        "The arrays x_train and y_test of");
  expect_error<IoError>([&] { load_lists(file, "none", "y_test"); }, "none.npy");
}

}  // namespace
}  // namespace keras::datasets
