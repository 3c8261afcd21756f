#include "keras/utils/directory_dataset.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/utils/audio_dataset_utils.h"
#include "keras/utils/text_dataset_utils.h"
#include "tests/support/tensors.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::expect_values;
using Strings = std::vector<std::string>;

/// A folder that goes with the test.
class DirectoryDatasetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() /
        ("keras_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void write_texts() const {
    write("good/b.txt", "fine");
    write("good/a.TXT", "nice film");
    write("bad/c.txt", "dull");
    write("bad/ignored.md", "x");
  }

  fs::path folder_;
};

Batch first_of(const Dataset& dataset) {
  Batch batch;
  dataset.impl().reset();
  EXPECT_TRUE(dataset.impl().next(batch));
  return batch;
}

TEST_F(DirectoryDatasetTest, ReadsTextsWithTheirClasses) {
  write_texts();
  const auto dataset =
      text_dataset_from_directory(folder_, {.files = {.shuffle = false, .verbose = false}});
  EXPECT_EQ(dataset.class_names, (Strings{"bad", "good"}));
  EXPECT_EQ(dataset.file_paths.size(), 3u);
  const Batch batch = first_of(dataset);
  EXPECT_EQ(to_strings(batch.x), (Strings{"dull", "nice film", "fine"}));
  expect_values(batch.y, {3}, {0, 1, 1});
  const auto cut = text_dataset_from_directory(folder_, {.files = {.label_mode = "binary",
                                                                   .class_names = {"good", "bad"},
                                                                   .batch_size = 2,
                                                                   .shuffle = false,
                                                                   .verbose = false},
                                                         .max_length = 2});
  EXPECT_EQ(to_strings(first_of(cut).x), (Strings{"ni", "fi"}));
  expect_values(first_of(cut).y, {2, 1}, {0, 0});
  EXPECT_EQ(cut.impl().num_batches(), 2);
}

TEST_F(DirectoryDatasetTest, SplitsWithoutOverlap) {
  for (int i = 0; i < 10; ++i) write("c/" + std::to_string(i) + ".txt", std::to_string(i));
  std::set<std::string> seen;
  for (const char* subset : {"training", "validation"}) {
    const auto part = text_dataset_from_directory(folder_, {.files = {.labels = "none",
                                                                      .seed = 3,
                                                                      .validation_split = 0.3,
                                                                      .subset = subset,
                                                                      .verbose = false}});
    const Batch batch = first_of(part);
    EXPECT_FALSE(batch.y.defined());
    for (const auto& text : to_strings(batch.x)) EXPECT_TRUE(seen.insert(text).second);
  }
  EXPECT_EQ(seen.size(), 10u);
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

std::string wav(const std::vector<std::uint16_t>& samples, std::uint32_t channels = 1) {
  std::string data;
  for (const auto sample : samples) data += little_endian(sample, 2);
  const std::string format = little_endian(1, 2) + little_endian(channels, 2) +
                             little_endian(8000, 4) + little_endian(16000 * channels, 4) +
                             little_endian(2 * channels, 2) + little_endian(16, 2);
  const std::string body = "WAVEfmt " + little_endian(16, 4) + format + "LIST" +
                           little_endian(3, 4) + "abc" + std::string(1, '\0') + "data" +
                           little_endian(static_cast<std::uint32_t>(data.size()), 4) + data;
  return "RIFF" + little_endian(static_cast<std::uint32_t>(body.size()), 4) + body;
}

TEST_F(DirectoryDatasetTest, ReadsSounds) {
  write("0/a.wav", wav({0x4000, 0x8000, 0x7fff}));
  write("1/b.wav", wav({0xc000}));
  const Audio sound = load_wav(folder_ / "0/a.wav");
  EXPECT_EQ(sound.sampling_rate, 8000);
  expect_values(sound.samples, {3, 1}, {0.5f, -1, 0.99996948f});
  const auto padded =
      audio_dataset_from_directory(folder_, {.files = {.shuffle = false, .verbose = false}});
  expect_values(first_of(padded).x, {2, 3, 1}, {0.5f, -1, 0.99996948f, -0.5f, 0, 0});
  const auto cut = audio_dataset_from_directory(
      folder_, {.files = {.label_mode = "categorical", .shuffle = false, .verbose = false},
                .output_sequence_length = 2});
  expect_values(first_of(cut).x, {2, 2, 1}, {0.5f, -1, -0.5f, 0});
  expect_values(first_of(cut).y, {2, 2}, {1, 0, 0, 1});
  write("1/b.wav", wav({1, 2, 3, 4}, 2));
  EXPECT_EQ(load_wav(folder_ / "1/b.wav").samples.shape(), (Shape{2, 2}));
  expect_error<ValueError>([&] { first_of(padded); }, "the same number of channels");
}

TEST_F(DirectoryDatasetTest, NamesBrokenSounds) {
  const std::string whole = wav({1, 2, 3});
  write("x/a.wav", "RIFF");
  expect_error<IoError>([&] { load_wav(folder_ / "x/a.wav"); }, "a.wav is no WAV file");
  for (std::size_t size = 12; size < whole.size() - 6; ++size) {
    write("x/a.wav", whole.substr(0, size));
    expect_error<IoError>([&] { load_wav(folder_ / "x/a.wav"); }, "a.wav");
  }
  expect_error<IoError>([&] { load_wav(folder_ / "x/none.wav"); }, "none.wav cannot be read");
  write("x/a.wav", whole);
  const auto dataset =
      audio_dataset_from_directory(folder_, {.files = {.verbose = false}, .sampling_rate = 16000});
  expect_error<ValueError>([&] { first_of(dataset); }, "8000 samples a second, not 16000");
}

TEST_F(DirectoryDatasetTest, ReadsAllFilesWhereThereAreNoLabels) {
  write_texts();
  write("above.txt", "no class");
  for (const DirectoryOptions& options :
       {DirectoryOptions{.labels = "none", .label_mode = "binary"},
        DirectoryOptions{.label_mode = "none", .validation_split = 0.0}}) {
    const auto dataset = text_dataset_from_directory(folder_, {.files = options});
    EXPECT_EQ(dataset.file_paths.size(), 4u);
    EXPECT_TRUE(dataset.class_names.empty());
    EXPECT_FALSE(first_of(dataset).y.defined());
  }
}

TEST_F(DirectoryDatasetTest, RefusesBadArguments) {
  write_texts();
  const auto refuse = [&](const DirectoryOptions& options, const char* message) {
    expect_error<ValueError>([&] { text_dataset_from_directory(folder_, {.files = options}); },
                             message);
  };
  refuse({.labels = "x"}, "`labels` argument should be");
  refuse({.label_list = {{1, 2}}}, "len(labels) is 2 while we found 3 files");
  refuse({.label_mode = "x"}, "`label_mode` argument must be one of");
  refuse({.class_names = {"ugly"}},
         "The `class_names` passed did not match the names of the subdirectories of the target "
         "directory. Expected: ['bad', 'good'] (or a subset of it), but received: "
         "class_names=['ugly']");
  refuse(
      {.label_list = {{1, 2, 3}}, .class_names = {"bad"}},
      "You can only pass `class_names` if `labels=\"inferred\"`. Received: labels=[1, 2, 3], and "
      "class_names=['bad']");
  refuse({.labels = "none", .class_names = {"bad"}},
         "When `labels=None` (no labels), argument `class_names` cannot be specified.");
  refuse({.label_mode = "binary", .class_names = {"bad"}},
         "there must be exactly 2 class_names. Received: class_names=['bad']");
  refuse({.batch_size = 0}, "`batch_size` must be positive");
  refuse({.validation_split = 0.2}, "If `subset` is set");
  refuse({.validation_split = 0.2, .subset = "training"}, "you must provide a `seed`");
  refuse({.validation_split = 1.2, .subset = "training"},
         "`validation_split` must be between 0 and 1, received: 1.2");
  refuse({.seed = 1, .validation_split = 0.2, .subset = "test"},
         "`subset` must be either \"training\", \"validation\" or \"both\", received: test");
  refuse({.seed = 1, .validation_split = 0.1, .subset = "validation"},
         "No validation text files found in directory");
  expect_error<ValueError>(
      [&] { audio_dataset_from_directory(folder_); },
      "No audio files found in directory " + folder_.string() + ". Allowed format: .wav");
  expect_error<ValueError>([&] { audio_dataset_from_directory(folder_, {.sampling_rate = 0}); },
                           "`sampling_rate` should be higher than 0. Received: sampling_rate=0");
  expect_error<IoError>([&] { text_dataset_from_directory(folder_ / "none"); }, "no folder");
  expect_error<ValueError>([&] { text_dataset_from_directory(folder_, {.max_length = 0}); },
                           "`max_length` must be positive");
}

}  // namespace
}  // namespace keras::utils
