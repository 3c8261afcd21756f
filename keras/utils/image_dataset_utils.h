#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "keras/utils/directory_dataset.h"

namespace keras::utils {

struct ImageDatasetOptions {
  DirectoryOptions files = {};
  std::string color_mode = "rgb";            ///< "grayscale", "rgb" or "rgba"
  std::vector<int> image_size = {256, 256};  ///< (height, width)
  /// "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
  std::string interpolation = "bilinear";
  bool crop_to_aspect_ratio = false;  ///< cuts to the new proportions instead of distorting
  bool pad_to_aspect_ratio = false;   ///< pads with zeros to the new proportions
  std::string data_format = {};       ///< empty: as `config::image_data_format` says
};

/// The PNG and JPEG images of a folder as batches of floats in [0, 255], with their classes. A file
/// that cannot be read stops the pass with an IoError that names it, unless `broken_files` is
/// "skip"; so do files of other formats that Keras lists (.bmp, .gif). Keras:
/// keras.utils.image_dataset_from_directory.
DirectoryDataset image_dataset_from_directory(const std::filesystem::path& directory,
                                              ImageDatasetOptions options = {});
/// Both parts of the images; the options need a `validation_split`.
DirectorySubsets image_datasets_from_directory(const std::filesystem::path& directory,
                                               ImageDatasetOptions options);

}  // namespace keras::utils
