#pragma once

#include <filesystem>
#include <optional>

#include "keras/utils/directory_dataset.h"

namespace keras::utils {

struct TextDatasetOptions {
  DirectoryOptions files = {};
  /// Longer texts are cut to so many bytes; not at all when unset.
  std::optional<std::int64_t> max_length = {};
};

/// The texts of a folder's .txt files as batches of string tensors, with their classes. Keras:
/// keras.utils.text_dataset_from_directory.
DirectoryDataset text_dataset_from_directory(const std::filesystem::path& directory,
                                             TextDatasetOptions options = {});
/// Both parts of the texts; the options need a `validation_split`.
DirectorySubsets text_datasets_from_directory(const std::filesystem::path& directory,
                                              TextDatasetOptions options);

}  // namespace keras::utils
