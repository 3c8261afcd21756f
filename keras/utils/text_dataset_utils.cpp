#include "keras/utils/text_dataset_utils.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/tensor/strings.h"
#include "keras/engine/text.h"

namespace keras::utils {
namespace {

std::string read_text(const std::filesystem::path& path,
                      const std::optional<std::int64_t>& max_length) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(str("The file ", path.string(), " cannot be read."));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (max_length) text.resize(std::min(text.size(), static_cast<std::size_t>(*max_length)));
  return text;
}

}  // namespace

DirectoryDataset text_dataset_from_directory(const std::filesystem::path& directory,
                                             TextDatasetOptions options) {
  if (options.max_length && *options.max_length < 1)
    throw ValueError(str("`max_length` must be positive. Received: ", *options.max_length));
  const auto read = [most = options.max_length](const std::vector<std::filesystem::path>& paths) {
    std::vector<std::string> texts;
    for (const auto& path : paths) texts.push_back(read_text(path, most));
    return string_tensor(std::move(texts));
  };
  return dataset_from_directory(directory, {"text files", {".txt"}}, options.files, read);
}

DirectorySubsets text_datasets_from_directory(const std::filesystem::path& directory,
                                              TextDatasetOptions options) {
  return both_subsets(std::move(options), [&](const TextDatasetOptions& part) {
    return text_dataset_from_directory(directory, part);
  });
}

}  // namespace keras::utils
