#include <algorithm>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/preprocessing/image/file_iterator.h"
#include "keras/utils/io_utils.h"

namespace keras::preprocessing::image {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> folders_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Image files below a folder, by folder and then by name.
std::vector<fs::path> images_below(const fs::path& folder, bool follow_links) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  const auto options =
      follow_links ? fs::directory_options::follow_directory_symlink : fs::directory_options::none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, options))
    if (!entry.is_directory() && has_image_extension(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    const int order = a.parent_path().string().compare(b.parent_path().string());
    return order != 0 ? order < 0 : a.filename().string() < b.filename().string();
  });
  return files;
}

void check_class_mode(const std::optional<std::string>& mode) {
  if (!mode || *mode == "categorical" || *mode == "binary" || *mode == "sparse" || *mode == "input")
    return;
  throw ValueError(str("Invalid class_mode: ", *mode,
                       "; expected one of: categorical, binary, sparse, input or nothing."));
}

}  // namespace

Iterator make_directory_iterator(std::shared_ptr<const Pipeline> pipeline,
                                 const fs::path& directory, const FlowFromDirectoryOptions& o) {
  FileReading reading = file_reading(o);
  check_class_mode(o.class_mode);
  if (!fs::is_directory(directory))
    throw IoError(str("There is no folder ", directory.string(), " to take images from."));
  ImageFiles files;
  files.class_names = o.classes.empty() ? folders_in(directory) : o.classes;
  for (std::size_t label = 0; label < files.class_names.size(); ++label) {
    const std::vector<fs::path> found =
        images_below(directory / files.class_names[label], o.follow_links);
    const FileRange range = range_of_subset(o.subset, pipeline->validation_split, found.size());
    for (std::size_t i = range.first; i < range.last; ++i) {
      files.paths.push_back(found[i]);
      files.names.push_back(found[i].lexically_relative(directory).string());
      files.classes.push_back(static_cast<std::int64_t>(label));
    }
  }
  utils::print_msg(str("Found ", files.paths.size(), " images belonging to ",
                       files.class_names.size(), " classes."));
  return make_file_iterator(std::move(pipeline), std::move(files), std::move(reading));
}

}  // namespace keras::preprocessing::image
