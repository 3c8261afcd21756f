// Damaged files: whatever they hold, loading them succeeds or throws one of our errors.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <ostream>
#include <random>
#include <string>

#include "keras/keras.h"
#include "tests/support/sanitizer.h"
#include "tests/support/temp_folder.h"

namespace keras {
namespace {

using test_support::read_file;
using test_support::TempFolder;

long peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

Model make_tiny_model() {
  Sequential model({SequentialItem(Input({2})), SequentialItem(layers::Dense(2)),
                    SequentialItem(layers::BatchNormalization())});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return model;
}

const Model& tiny_model() {
  static const Model model = make_tiny_model();
  return model;
}

/// A file that never sees a disk, as tens of thousands of them would take minutes there.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : descriptor_(memfd_create("damaged", 0)) {
    EXPECT_EQ(::write(descriptor_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// One kind of file, and how it is loaded.
struct Format {
  const char* name;
  std::function<void(const std::string& path)> load;
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

class Untrusted : public ::testing::TestWithParam<Format> {
 protected:
  void SetUp() override {
    path_ = (folder_ / GetParam().name).string();
    const Model model = tiny_model();
    if (path_.ends_with(".weights.h5")) {
      model.save_weights(path_);
    } else {
      model.save(path_);
    }
    good_ = read_file(path_);
    ::testing::internal::CaptureStderr();
    GetParam().load(path_);
    peak_ = peak_megabytes();
  }
  void TearDown() override {
    ::testing::internal::GetCapturedStderr();
    // The address sanitizer keeps what was freed.
    if (test_support::kAddressSanitizer) return;
    EXPECT_LT(peak_megabytes() - peak_, 64);
  }

  /// Whether the bytes load; an exception that is not ours fails the test.
  bool loads(const std::string& bytes) {
    const MemoryFile file(bytes);
    try {
      GetParam().load(file.path());
      return true;
    } catch (const Error& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      return false;
    }
  }

  TempFolder folder_;
  std::string path_;
  std::string good_;
  long peak_ = 0;
};

TEST_P(Untrusted, EveryTruncationIsAnError) {
  for (std::size_t size = 0; size < good_.size(); ++size)
    EXPECT_FALSE(loads(good_.substr(0, size))) << size << " of " << good_.size();
}

TEST_P(Untrusted, FlippedBitsAreErrorsOrHarmless) {
  std::mt19937_64 random(4);
  int refused = 0;
  constexpr int kFlips = 3400;
  for (int i = 0; i < kFlips; ++i) {
    std::string bytes = good_;
    const std::uint64_t bit = random() % (8 * bytes.size());
    bytes[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1u << bit % 8));
    if (!loads(bytes)) ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(loads(good_));
}

INSTANTIATE_TEST_SUITE_P(
    Formats, Untrusted,
    ::testing::Values(Format{"model.keras", [](const std::string& path) { load_model(path); }},
                      Format{"model.h5", [](const std::string& path) { load_model(path); }},
                      Format{"model.weights.h5",
                             [](const std::string& path) { tiny_model().load_weights(path); }}),
    [](const auto& format) {
      std::string name = format.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace keras
