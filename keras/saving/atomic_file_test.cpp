#include "keras/saving/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "keras/engine/error.h"
#include "keras/saving/mapped_file.h"

namespace keras::saving {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "atomic_file_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override {
    std::error_code ignored;
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    fs::remove_all(folder_, ignored);
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

TEST_F(AtomicFileTest, AppearsWholeOnCommit) {
  const fs::path target = folder_ / "a.bin";
  const std::string large(1 << 20, 'x');
  AtomicFile file(target);
  file.write("head");
  file.write(large);
  file.write_zeros(5000);
  file.write("tail");
  EXPECT_EQ(file.position(), 4 + large.size() + 5000 + 4);
  EXPECT_FALSE(fs::exists(target));
  file.commit();
  EXPECT_EQ(content(target), "head" + large + std::string(5000, '\0') + "tail");
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(AtomicFileTest, AbandonedLeavesTheOldFile) {
  const fs::path target = folder_ / "a.txt";
  write_file_atomically(target, "old");
  {
    AtomicFile file(target);
    file.write("new");
  }
  EXPECT_EQ(content(target), "old");
  EXPECT_EQ(file_count(), 1u);
  write_file_atomically(target, "new");
  EXPECT_EQ(content(target), "new");
}

TEST_F(AtomicFileTest, KeepsModeAndFollowsLinks) {
  const fs::path target = folder_ / "a.txt";
  const fs::path link = folder_ / "link";
  write_file_atomically(target, "old");
  fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(target, link);
  write_file_atomically(link, "new");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(target), "new");
  EXPECT_EQ(fs::status(target).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AtomicFileTest, MissingFolderIsAnError) {
  try {
    AtomicFile file(folder_ / "missing" / "a.txt");
    FAIL() << "no error";
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("missing/a.txt: No such file"), std::string::npos);
  }
  EXPECT_THROW(AtomicFile{folder_}, IoError);
}

TEST_F(AtomicFileTest, FolderThatDisappearsIsAnErrorAtCommit) {
  const fs::path sub = folder_ / "sub";
  fs::create_directory(sub);
  AtomicFile file(sub / "a.txt");
  file.write("x");
  fs::remove_all(sub);
  EXPECT_THROW(file.commit(), IoError);
}

TEST_F(AtomicFileTest, UnwritableFolderIsAnError) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  write_file_atomically(folder_ / "a.txt", "old");
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THROW(write_file_atomically(folder_ / "a.txt", "new"), IoError);
  EXPECT_EQ(content(folder_ / "a.txt"), "old");
}

TEST_F(AtomicFileTest, WriteThatFailsLeavesTheOldFile) {
  const fs::path target = folder_ / "a.txt";
  write_file_atomically(target, "old");
  struct rlimit old_limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit { 1000, old_limit.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_THROW(write_file_atomically(target, std::string(1 << 20, 'x')), IoError);
  EXPECT_THROW(write_file_atomically(target, std::string(2000, 'x')), IoError);
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(content(target), "old");
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(AtomicFileTest, KilledWriterLeavesTheOldFile) {
  const fs::path target = folder_ / "a.txt";
  const std::string before(300000, 'a');
  const std::string after(300000, 'b');
  write_file_atomically(target, before);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (;;) write_file_atomically(target, after);
    }
    ::usleep(static_cast<useconds_t>(100 + 137 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = content(target);
    EXPECT_TRUE(found == before || found == after);
  }
}

TEST_F(AtomicFileTest, MapsWhatWasWritten) {
  const fs::path target = folder_ / "a.txt";
  write_file_atomically(target, "mapped");
  const Storage storage = map_file(target);
  write_file_atomically(target, "other");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(storage.data()), storage.size()), "mapped");
  EXPECT_FALSE(storage.writable());
  write_file_atomically(target, "");
  EXPECT_EQ(map_file(target).size(), 0u);
  EXPECT_THROW(map_file(folder_), IoError);
  EXPECT_THROW(map_file(folder_ / "missing"), IoError);
  EXPECT_THROW(map_file("/dev/null"), IoError);
}

}  // namespace
}  // namespace keras::saving
