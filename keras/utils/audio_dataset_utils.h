#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "keras/utils/directory_dataset.h"

namespace keras::utils {

/// Sound as it lies in a file.
struct Audio {
  Tensor samples;  ///< (samples, channels), float32 in [-1, 1]
  std::int64_t sampling_rate = 0;
};

/// The sound of a WAV file with samples of 8, 16, 24 or 32 bits, or floats. Throws IoError naming a
/// file that is missing, damaged or of another format.
Audio load_wav(const std::filesystem::path& path);

struct AudioDatasetOptions {
  DirectoryOptions files = {};
  /// Samples a second that the files must have; any when unset. There is no resampling.
  std::optional<std::int64_t> sampling_rate = {};
  /// Sounds are cut, or filled up with silence, to so many samples; to the longest of their batch
  /// when unset.
  std::optional<std::int64_t> output_sequence_length = {};
};

/// The sounds of a folder's .wav files, (batch, samples, channels), with their classes. Keras:
/// keras.utils.audio_dataset_from_directory.
DirectoryDataset audio_dataset_from_directory(const std::filesystem::path& directory,
                                              AudioDatasetOptions options = {});
/// Both parts of the sounds; the options need a `validation_split`.
DirectorySubsets audio_datasets_from_directory(const std::filesystem::path& directory,
                                               AudioDatasetOptions options);

}  // namespace keras::utils
