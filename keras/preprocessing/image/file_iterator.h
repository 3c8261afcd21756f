#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "keras/preprocessing/image/batch_maker.h"
#include "keras/preprocessing/image/image_data_generator.h"
#include "keras/preprocessing/image/iterator_impl.h"

namespace keras::preprocessing::image {

/// A folder for each class.
Iterator make_directory_iterator(std::shared_ptr<const Pipeline> pipeline,
                                 const std::filesystem::path& directory,
                                 const FlowFromDirectoryOptions& options);
/// A table with a file in each row.
Iterator make_dataframe_iterator(std::shared_ptr<const Pipeline> pipeline,
                                 const std::filesystem::path& csv,
                                 const FlowFromDataframeOptions& options);

/// What images from files are read and given as, however the files were found.
struct FileReading {
  std::vector<int> target_size = {};
  std::string color_mode = "rgb";
  std::optional<std::string> class_mode = {};
  std::int64_t batch_size = 32;
  bool shuffle = true;
  std::optional<std::int64_t> seed = {};
  SaveTo save_to = {};
  std::string interpolation = {};
  bool keep_aspect_ratio = false;
  bool skip_broken = false;
};

/// The arguments that both have. Throws ValueError for names and sizes outside what they allow.
template <typename Options>
FileReading file_reading(const Options& o);
void check_file_reading(const FileReading& reading, const std::string& broken_images);

/// Files and what is known of each.
struct ImageFiles {
  std::vector<std::filesystem::path> paths = {};
  std::vector<std::string> names = {};
  std::vector<std::int64_t> classes = {};
  std::vector<std::string> class_names = {};
  Tensors targets = {};  ///< of the class modes "raw" and "multi_output"
  Tensor sample_weight = {};
};
Iterator make_file_iterator(std::shared_ptr<const Pipeline> pipeline, ImageFiles files,
                            FileReading reading);

/// The part [first, last) of `count` files that a subset has. Throws ValueError for other names
/// than "training" and "validation"; an empty one means all.
struct FileRange {
  std::size_t first, last;
};
FileRange range_of_subset(const std::string& subset, double validation_split, std::size_t count);
/// By the extension: png, jpg, jpeg, bmp, ppm, tif, tiff.
bool has_image_extension(const std::filesystem::path& path);

template <typename Options>
FileReading file_reading(const Options& o) {
  FileReading reading{.target_size = o.target_size,
                      .color_mode = o.color_mode,
                      .class_mode = o.class_mode,
                      .batch_size = o.batch_size,
                      .shuffle = o.shuffle,
                      .seed = o.seed,
                      .save_to = {o.save_to_dir, o.save_prefix, o.save_format},
                      .interpolation = o.interpolation,
                      .keep_aspect_ratio = o.keep_aspect_ratio,
                      .skip_broken = o.broken_images == "skip"};
  check_file_reading(reading, o.broken_images);
  return reading;
}

}  // namespace keras::preprocessing::image
