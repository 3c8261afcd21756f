#include "keras/utils/archive_extraction.h"

#include <gtest/gtest.h>

#include "keras/engine/error.h"
#include "keras/saving/archive/archive_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;
using test_support::read_file;
using test_support::write_file;
using testing::expect_error;

const fs::path kData = "keras/utils/testdata";

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}
const std::string kLongName =
    repeated("folder_of_a_long_name_", 4) + "/" + repeated("file_of_a_long_name_", 5) + ".txt";

TEST(ExtractArchive, UnpacksTarFiles) {
  const test_support::TempFolder folder;
  extract_archive(kData / "names_gnu.tar.gz", folder / "gnu");
  EXPECT_EQ(read_file(folder / "gnu/short.txt"), "short");
  EXPECT_EQ(read_file(folder / ("gnu/" + kLongName)), "long");
  EXPECT_TRUE(fs::is_directory(folder / "gnu/a/b"));
  EXPECT_EQ(fs::file_size(folder / "gnu/a/empty"), 0u);
  extract_archive(kData / "names_pax.tar.gz", folder / "pax");
  EXPECT_EQ(read_file(folder / ("pax/" + kLongName + std::string(60, 'x'))), "long");
}

TEST(ExtractArchive, UnpacksZipFiles) {
  const test_support::TempFolder folder;
  {
    saving::ArchiveWriter writer(folder / "a.zip");
    const std::string text = "inside";
    const std::span<const std::byte> parts[] = {std::as_bytes(std::span(text))};
    writer.add_parts("b/c.txt", parts);
    writer.finish();
  }
  extract_archive(folder / "a.zip", folder / "a");
  EXPECT_EQ(read_file(folder / "a/b/c.txt"), "inside");
}

TEST(ExtractArchive, KeepsToItsFolder) {
  const test_support::TempFolder folder;
  expect_error<IoError>([&] { extract_archive(kData / "climbs.tar.gz", folder / "out"); },
                        "the member a/../../evil.txt would lie outside of the folder");
  expect_error<IoError>([&] { extract_archive(kData / "absolute.tar.gz", folder / "out"); },
                        "the member /tmp/keras_evil.txt would lie outside of the folder");
  expect_error<IoError>([&] { extract_archive(kData / "link.tar.gz", folder / "out"); },
                        "the member link is neither file nor folder");
  EXPECT_TRUE(fs::is_empty(folder / ""));
}

TEST(ExtractArchive, LeavesNothingOfADamagedFile) {
  const test_support::TempFolder folder;
  const std::string whole = read_file(kData / "names_gnu.tar.gz");
  for (const std::size_t size : {whole.size() / 3, whole.size() - 9}) {
    write_file(folder / "part.tar.gz", std::string_view(whole).substr(0, size));
    expect_error<IoError>([&] { extract_archive(folder / "part.tar.gz", folder / "out"); },
                          "part.tar.gz: ");
  }
  write_file(folder / "text.tar.gz", repeated("No archive. ", 100));
  expect_error<IoError>([&] { extract_archive(folder / "text.tar.gz", folder / "out"); },
                        "is no tar archive, or a damaged one");
  expect_error<IoError>([&] { extract_archive(folder / "none.tar", folder / "out"); }, "none.tar");
  EXPECT_FALSE(fs::exists(folder / "out"));
  EXPECT_FALSE(fs::exists(folder / "out.partial"));
}

}  // namespace
}  // namespace keras::utils
