#include "keras/saving/archive/archive.h"

#include <gtest/gtest.h>
#include <zip.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "keras/engine/error.h"
#include "keras/saving/archive/archive_writer.h"
#include "tests/support/python.h"
#include "tests/support/temp_folder.h"

namespace keras::saving {
namespace {

using test_support::TempFolder;

std::string text_of(const Storage& storage) {
  return {reinterpret_cast<const char*>(storage.data()), storage.size()};
}

Storage storage_of(const std::string& text) {
  return Storage::copy_of(std::as_bytes(std::span(text)));
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

struct Input {
  std::string name;
  std::string text;
  zip_int32_t method = ZIP_CM_STORE;
};

/// A zip as libzip writes it.
std::string make_zip(const std::filesystem::path& path, const std::vector<Input>& inputs) {
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const Input& input : inputs) {
    zip_source_t* source = zip_source_buffer(zip, input.text.data(), input.text.size(), 0);
    const auto index = zip_file_add(zip, input.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), input.method, 9);
  }
  EXPECT_EQ(zip_close(zip), 0);
  return test_support::read_file(path);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

TEST(Archive, RoundTrips) {
  const TempFolder folder;
  const std::string weights(1000, 'w');
  ArchiveWriter writer(folder / "a.keras");
  writer.add("config.json", "{}");
  const std::span<const std::byte> all = std::as_bytes(std::span(weights));
  const std::span<const std::byte> parts[] = {all.first(300), all.subspan(300)};
  writer.add_parts("model.weights.h5", parts);
  writer.add("assets/empty.txt", "");
  writer.finish();

  const Archive archive = Archive::open(folder / "a.keras");
  EXPECT_EQ(archive.names(),
            (std::vector<std::string>{"config.json", "model.weights.h5", "assets/empty.txt"}));
  EXPECT_EQ(text_of(archive.read("config.json")), "{}");
  const Storage read = archive.read("model.weights.h5");
  EXPECT_EQ(text_of(read), weights);
  EXPECT_FALSE(read.writable()) << "a stored member is a view of the mapped file";
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read.data()) % 64, 0u);
  EXPECT_EQ(archive.read("assets/empty.txt").size(), 0u);
  EXPECT_EQ(archive.size("model.weights.h5"), 1000u);
  EXPECT_FALSE(archive.contains("other"));
}

TEST(Archive, ViewOutlivesTheArchive) {
  const TempFolder folder;
  Storage read;
  {
    ArchiveWriter writer(folder / "a.zip");
    writer.add("a", "alive");
    writer.finish();
    read = Archive::open(folder / "a.zip").read("a");
  }
  EXPECT_EQ(text_of(read), "alive");
}

TEST(Archive, UnfinishedWriterLeavesNothing) {
  const TempFolder folder;
  {
    ArchiveWriter writer(folder / "a.zip");
    writer.add("a", "x");
    EXPECT_THROW(writer.add("a", "y"), ValueError);
    EXPECT_THROW(writer.add("../b", "y"), ValueError);
    EXPECT_THROW(writer.add("/b", "y"), ValueError);
    EXPECT_THROW(writer.add("a\\b", "y"), ValueError);
    EXPECT_THROW(writer.add("", "y"), ValueError);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "a.zip"));
}

TEST(Archive, ReadsDeflatedMembersWithinBounds) {
  const TempFolder folder;
  const std::string text(100000, 'a');
  make_zip(folder / "a.zip", {{"deflated", text, ZIP_CM_DEFLATE}, {"stored", text}});
  const Archive archive = Archive::open(folder / "a.zip");
  EXPECT_EQ(text_of(archive.read("deflated", 100000)), text);
  EXPECT_EQ(text_of(archive.read("stored")), text);
  const std::string source = archive.source();
  EXPECT_EQ(
      message_of([&] { archive.read("deflated", 99999); }),
      source + ": the member \"deflated\" has 100000 bytes where at most 99999 are expected.");
  EXPECT_EQ(message_of([&] { archive.read("x"); }),
            source + " has no member \"x\".\n  fix: it holds: deflated, stored");
}

TEST(Archive, RefusesMembersThatExpandBeyondBounds) {
  const TempFolder folder;
  // Noise does not get smaller: what the header says is what decides.
  std::mt19937 random(1);
  std::string noise(3 << 20, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string good = make_zip(folder / "a.zip", {{"big", noise, ZIP_CM_DEFLATE}});
  const auto declaring = [&](std::uint32_t size) {
    std::string bad = good;
    const std::string field(reinterpret_cast<const char*>(&size), sizeof size);
    bad.replace(22, sizeof size, field);                            // in the member's own header
    bad.replace(bad.rfind("PK\x01\x02") + 24, sizeof size, field);  // and in the directory
    return message_of([&] { Archive::open(storage_of(bad), "z").read("big"); });
  };
  EXPECT_NE(declaring(400u << 20).find("would expand from 314"), std::string::npos)
      << declaring(400u << 20);
  EXPECT_NE(declaring(0xfffffffe).find("declares a size that it cannot have"), std::string::npos)
      << declaring(0xfffffffe);
  // Not a hundred times as much: it is read, and is not what it says.
  EXPECT_EQ(declaring(257u << 20), "z: the member \"big\" is damaged.");
}

TEST(Archive, RefusesBadNames) {
  const TempFolder folder;
  const std::string good = make_zip(folder / "a.zip", {{"abcdefg", "1"}, {"gfedcba", "2"}});
  const auto fault = [&](const std::string& name) {
    const std::string bad = replaced(good, "abcdefg", name);
    return message_of([&] { Archive::open(storage_of(bad), "z"); });
  };
  EXPECT_EQ(fault("../defg"), "z: the member name \"../defg\" leaves the archive through \"..\".");
  EXPECT_EQ(fault("ab/../g"), "z: the member name \"ab/../g\" leaves the archive through \"..\".");
  EXPECT_EQ(fault("abcd/.."), "z: the member name \"abcd/..\" leaves the archive through \"..\".");
  EXPECT_EQ(fault("/bcdefg"), "z: the member name \"/bcdefg\" is absolute.");
  EXPECT_EQ(fault("C:cdefg"), "z: the member name \"C:cdefg\" is absolute.");
  EXPECT_EQ(fault("ab\\defg"), "z: the member name \"ab\\\\defg\" holds a backslash.");
  EXPECT_EQ(fault("ab\ndefg"), "z: the member name \"ab\\ndefg\" holds a control character.");
  EXPECT_EQ(fault("gfedcba"), "z: the member \"gfedcba\" appears twice.");
  EXPECT_EQ(fault("ab..efg"), "no error");
}

TEST(Archive, RefusesEncryptedMembers) {
  const TempFolder folder;
  std::string bytes = make_zip(folder / "a.zip", {{"a", "1"}});
  bytes[bytes.find("PK\x01\x02") + 8] |= 1;
  EXPECT_EQ(message_of([&] { Archive::open(storage_of(bytes), "z"); }),
            "z: the member \"a\" is encrypted.");
}

TEST(Archive, RefusesDamagedContent) {
  const TempFolder folder;
  const std::string text = "stored text that is damaged";
  const std::string bytes = make_zip(folder / "a.zip", {{"a", text}});
  const Archive archive = Archive::open(storage_of(replaced(bytes, "damaged", "DAMAGED")), "z");
  EXPECT_EQ(message_of([&] { archive.read("a"); }), "z: the member \"a\" is damaged.");
}

TEST(Archive, OtherFilesAreNoArchives) {
  for (const std::string text : {"", "PK", "not a zip at all, though it is long enough for one"})
    EXPECT_THROW(Archive::open(storage_of(text), "z"), IoError) << text;
  const TempFolder folder;
  EXPECT_THROW(Archive::open(folder / "missing.zip"), IoError);
}

TEST(Archive, DamagedArchivesLoadOrErr) {
  const TempFolder folder;
  const std::string good =
      make_zip(folder / "a.zip", {{"config.json", std::string(200, 'a'), ZIP_CM_DEFLATE},
                                  {"weights", "0123456789012345678901234567890123456789"}});
  const auto attempt = [](const std::string& bytes) {
    try {
      const Archive archive = Archive::open(storage_of(bytes), "z");
      for (const std::string& name : archive.names()) archive.read(name);
    } catch (const IoError&) {
    }
  };
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(Archive::open(storage_of(good.substr(0, length)), "z"), IoError);
  std::mt19937 random(5);
  for (int round = 0; round < 10000; ++round) {
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
    attempt(bad);
  }
}

TEST(Archive, PythonReadsWhatIsWritten) {
  const auto python = test_support::find_python("zipfile");
  if (!python) GTEST_SKIP() << "no Python";
  const TempFolder folder;
  ArchiveWriter writer(folder / "a.zip");
  writer.add("config.json", "{\"a\": 1}");
  writer.add("assets/\xc3\xa9.txt", "x");
  writer.add("empty", "");
  writer.finish();
  EXPECT_EQ(test_support::run_python(*python, folder,
                                     "import zipfile\n"
                                     "z = zipfile.ZipFile('a.zip')\n"
                                     "print(z.testzip(), [ascii(n) for n in z.namelist()], "
                                     "z.read('config.json'))\n"),
            "None [\"'config.json'\", \"'assets/\\\\xe9.txt'\", \"'empty'\"] b'{\"a\": 1}'\n");
}

TEST(Archive, ReadsWhatPythonWrites) {
  const auto python = test_support::find_python("zipfile");
  if (!python) GTEST_SKIP() << "no Python";
  const TempFolder folder;
  test_support::run_python(
      *python, folder,
      "import zipfile\n"
      "with zipfile.ZipFile('a.zip', 'w') as z:\n"
      "  with z.open('streamed', 'w', force_zip64=True) as f: f.write(b'abc')\n"
      "  z.writestr('deflated', b'x' * 5000, zipfile.ZIP_DEFLATED)\n");
  const Archive archive = Archive::open(folder / "a.zip");
  EXPECT_EQ(text_of(archive.read("streamed")), "abc");
  EXPECT_FALSE(archive.read("streamed").writable());
  EXPECT_EQ(text_of(archive.read("deflated")), std::string(5000, 'x'));
}

}  // namespace
}  // namespace keras::saving
