#include "keras/utils/audio_dataset_utils.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

namespace fs = std::filesystem;

constexpr int kPcm = 1, kFloats = 3, kExtensible = 0xfffe;

struct Format {
  int code = 0;
  std::int64_t channels = 0;
  std::int64_t rate = 0;
  std::int64_t bits = 0;
};

/// Little-endian numbers of a file's bytes.
class Bytes {
 public:
  Bytes(std::string bytes, std::string source)
      : bytes_(std::move(bytes)), source_(std::move(source)) {}

  std::size_t size() const { return bytes_.size(); }
  std::uint32_t number(std::size_t at, std::size_t count) const {
    check(at, count);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes_[at + i])) << (8 * i);
    return value;
  }
  std::string text(std::size_t at) const {
    check(at, 4);
    return bytes_.substr(at, 4);
  }
  [[noreturn]] void fail(const char* what) const {
    throw IoError(str("The file ", source_, " ", what, "."));
  }

 private:
  void check(std::size_t at, std::size_t count) const {
    if (count > bytes_.size() || at > bytes_.size() - count) fail("ends too early for a WAV file");
  }

  std::string bytes_;
  std::string source_;
};

Format format_at(const Bytes& bytes, std::size_t at, std::size_t size) {
  Format format{static_cast<int>(bytes.number(at, 2)), bytes.number(at + 2, 2),
                bytes.number(at + 4, 4), bytes.number(at + 14, 2)};
  if (format.code == kExtensible && size >= 26)
    format.code = static_cast<int>(bytes.number(at + 24, 2));
  const bool known =
      (format.code == kPcm && format.bits % 8 == 0 && format.bits >= 8 && format.bits <= 32) ||
      (format.code == kFloats && format.bits == 32);
  if (!known || format.channels < 1)
    bytes.fail(
        "has a form of samples that is not supported: they must be integers of 8, 16, 24 "
        "or 32 bits, or floats of 32");
  return format;
}

float sample_at(const Bytes& bytes, std::size_t at, const Format& format) {
  const auto count = static_cast<std::size_t>(format.bits / 8);
  const std::uint32_t raw = bytes.number(at, count);
  if (format.code == kFloats) {
    float value;
    std::memcpy(&value, &raw, sizeof value);
    return value;
  }
  if (count == 1) return (static_cast<float>(raw) - 128.0f) / 128.0f;
  const auto sign = std::int64_t{1} << (format.bits - 1);
  const std::int64_t value = raw >= sign ? static_cast<std::int64_t>(raw) - 2 * sign : raw;
  return static_cast<float>(static_cast<double>(value) / static_cast<double>(sign));
}

Audio audio_at(const Bytes& bytes, std::size_t at, std::size_t size, const Format& format) {
  const auto width = static_cast<std::size_t>(format.bits / 8);
  const auto channels = static_cast<std::size_t>(format.channels);
  const std::size_t frames = std::min(size, bytes.size() - at) / (width * channels);
  std::vector<float> samples;
  samples.reserve(frames * channels);
  for (std::size_t i = 0; i < frames * channels; ++i)
    samples.push_back(sample_at(bytes, at + i * width, format));
  return {Tensor::from(samples, {static_cast<std::int64_t>(frames), format.channels}), format.rate};
}

/// Sounds side by side, with silence behind the shorter ones.
Tensor batch_of(const std::vector<Audio>& sounds, const std::vector<fs::path>& paths,
                const std::optional<std::int64_t>& length) {
  std::int64_t longest = 0;
  const std::int64_t channels = sounds[0].samples.shape()[1];
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    longest = std::max(longest, sounds[i].samples.shape()[0]);
    if (sounds[i].samples.shape()[1] != channels)
      throw ValueError(str(
          "The sounds of a batch must have the same number of channels: ", paths[0].string(),
          " has ", channels, ", ", paths[i].string(), " has ", sounds[i].samples.shape()[1], "."));
  }
  const auto row = static_cast<std::size_t>(length.value_or(longest) * channels);
  std::vector<float> values(row * sounds.size(), 0.0f);
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    const auto samples = sounds[i].samples.data<float>();
    std::copy_n(samples.begin(), std::min(row, samples.size()),
                values.begin() + static_cast<std::ptrdiff_t>(i * row));
  }
  return Tensor::from(
      values, {static_cast<std::int64_t>(sounds.size()), length.value_or(longest), channels});
}

}  // namespace

Audio load_wav(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(str("The file ", path.string(), " cannot be read."));
  const Bytes bytes({std::istreambuf_iterator<char>(file), {}}, path.string());
  if (bytes.size() < 12 || bytes.text(0) != "RIFF" || bytes.text(8) != "WAVE")
    bytes.fail("is no WAV file");
  Format format;
  std::size_t at = 12;
  while (at + 8 <= bytes.size()) {
    const std::string name = bytes.text(at);
    const std::size_t size = bytes.number(at + 4, 4);
    at += 8;
    if (name == "fmt ") format = format_at(bytes, at, size);
    if (name == "data") {
      if (format.channels == 0) bytes.fail("has samples before it says their form");
      return audio_at(bytes, at, size, format);
    }
    at += size + size % 2;
  }
  bytes.fail("has no samples");
}

DirectoryDataset audio_dataset_from_directory(const fs::path& directory,
                                              AudioDatasetOptions options) {
  if (options.output_sequence_length && *options.output_sequence_length < 1)
    throw ValueError(str("`output_sequence_length` must be positive. Received: ",
                         *options.output_sequence_length));
  if (options.sampling_rate && *options.sampling_rate <= 0)
    throw ValueError(str("`sampling_rate` should be higher than 0. Received: sampling_rate=",
                         *options.sampling_rate));
  const auto read = [options](const std::vector<fs::path>& paths) {
    std::vector<Audio> sounds;
    for (const auto& path : paths) {
      sounds.push_back(load_wav(path));
      if (options.sampling_rate && sounds.back().sampling_rate != *options.sampling_rate)
        throw ValueError(str("The file ", path.string(), " has ", sounds.back().sampling_rate,
                             " samples a second, not ", *options.sampling_rate,
                             "; resampling is not supported."));
    }
    return batch_of(sounds, paths, options.output_sequence_length);
  };
  return dataset_from_directory(directory, {"audio files", {".wav"}}, options.files, read);
}

DirectorySubsets audio_datasets_from_directory(const std::filesystem::path& directory,
                                               AudioDatasetOptions options) {
  return both_subsets(std::move(options), [&](const AudioDatasetOptions& part) {
    return audio_dataset_from_directory(directory, part);
  });
}

}  // namespace keras::utils
