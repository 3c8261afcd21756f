#include "keras/datasets/fetching.h"

#include "keras/utils/file_utils.h"

namespace keras::datasets {

std::filesystem::path fetched(const std::string& path, const std::string& file,
                              const std::string& hash) {
  const std::string folder = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";
  return utils::get_file(path.empty() ? file : path, folder + file, {.file_hash = hash});
}

}  // namespace keras::datasets
