#include "keras/utils/file_utils.h"

#include <gtest/gtest.h>

#include <fstream>

#include "keras/engine/error.h"
#include "keras/utils/download.h"
#include "keras/utils/md5.h"
#include "keras/utils/sha256.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

constexpr const char* kHashOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class GetFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_download()) GTEST_SKIP() << "libcurl is not installed";
    test_support::write_file(folder_ / "source.txt", "abc");
  }

  GetFileOptions options(const std::string& hash) const {
    return {.file_hash = hash, .cache_subdir = "sets", .cache_dir = folder_ / "", .verbose = false};
  }

  test_support::TempFolder folder_;
  std::string origin_ = "file://" + (folder_ / "source.txt").string();
};

TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(Sha256().finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  hash.update(std::as_bytes(std::span(text)));
  EXPECT_EQ(hash.finish(), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Md5, IsTheStandards) {
  EXPECT_EQ(Md5().finish(), "d41d8cd98f00b204e9800998ecf8427e");
  Md5 hash;
  const std::string text = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  hash.update(std::as_bytes(std::span(text)));
  EXPECT_EQ(hash.finish(), "d174ab98d277d9f5a5611c2c9f419d9f");
}

TEST_F(GetFileTest, TakesTheLegacyHash) {
  const fs::path file = get_file("abc.txt", origin_, options("900150983cd24fb0d6963f7d28e17f72"));
  EXPECT_EQ(hash_file(file, "md5"), "900150983cd24fb0d6963f7d28e17f72");
  expect_error<IoError>(
      [&] { get_file("abc.txt", origin_ + ".none", options("900150983cd24fb0d6963f7d28e17f73")); },
      "cannot be had");
  expect_error<ValueError>([&] { hash_file(file, "crc"); }, "Received: algorithm=crc");
}

TEST_F(GetFileTest, UnpacksArchives) {
  const fs::path archive = fs::absolute("keras/utils/testdata/names_gnu.tar.gz");
  GetFileOptions wanted = options("");
  wanted.extract = true;
  const fs::path folder = get_file("names", "file://" + archive.string(), wanted);
  EXPECT_EQ(folder, folder_ / "sets/names");
  EXPECT_TRUE(fs::exists(folder_ / "sets/names_archive"));
  EXPECT_EQ(test_support::read_file(folder / "short.txt"), "short");
  // The kept folder does, and the kept archive where it is gone.
  fs::remove(folder / "short.txt");
  EXPECT_FALSE(fs::exists(get_file("names", "file:///none", wanted) / "short.txt"));
  fs::remove_all(folder);
  EXPECT_TRUE(fs::exists(get_file("names", "file:///none", wanted) / "short.txt"));
  EXPECT_EQ(get_file("n.tar.gz", "file://" + archive.string(), wanted),
            folder_ / "sets/n_extracted");
}

TEST_F(GetFileTest, KeepsWhatItGot) {
  const fs::path file = get_file("abc.txt", origin_, options(kHashOfAbc));
  EXPECT_EQ(file, folder_ / "sets/abc.txt");
  EXPECT_EQ(hash_file(file), kHashOfAbc);
  // There is no asking again, and a damaged file is replaced.
  fs::rename(folder_ / "source.txt", folder_ / "elsewhere.txt");
  EXPECT_EQ(get_file("abc.txt", origin_, options(kHashOfAbc)), file);
  std::ofstream(file) << "damaged";
  get_file("abc.txt", "file://" + (folder_ / "elsewhere.txt").string(), options(kHashOfAbc));
  EXPECT_EQ(hash_file(file), kHashOfAbc);
}

TEST_F(GetFileTest, LeavesNothingOfAFailure) {
  expect_error<IoError>([&] { get_file("abc.txt", origin_, options("00")); },
                        "has the SHA-256 ba7816bf");
  expect_error<IoError>([&] { get_file("abc.txt", origin_ + ".none", options(kHashOfAbc)); },
                        "put it at " + (folder_ / "sets/abc.txt").string());
  EXPECT_TRUE(fs::is_empty(folder_ / "sets"));
  expect_error<ValueError>([&] { get_file("../abc.txt", origin_, options("")); },
                           "`fname` must be the name of a file");
}

}  // namespace
}  // namespace keras::utils
