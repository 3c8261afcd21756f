#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "keras/preprocessing/image/augmentation.h"
#include "keras/preprocessing/image/iterator.h"
#include "keras/trainers/data.h"

namespace keras::preprocessing::image {

struct Pipeline;

struct ImageDataGeneratorOptions {
  bool featurewise_center = false;             ///< takes away the mean that `fit` found
  bool samplewise_center = false;              ///< takes away each image's mean
  bool featurewise_std_normalization = false;  ///< divides by the deviation that `fit` found
  bool samplewise_std_normalization = false;   ///< divides by each image's deviation
  bool zca_whitening = false;
  double zca_epsilon = 1e-6;
  double rotation_range = 0;  ///< degrees, either way
  ShiftRange width_shift_range = 0.0;
  ShiftRange height_shift_range = 0.0;
  std::optional<std::array<double, 2>> brightness_range = {};  ///< factors
  double shear_range = 0;                                      ///< degrees, either way
  ZoomRange zoom_range = 0.0;
  double channel_shift_range = 0;
  /// "nearest", "constant", "reflect" or "wrap".
  std::string fill_mode = "nearest";
  double cval = 0;  ///< what "constant" fills with
  bool horizontal_flip = false;
  bool vertical_flip = false;
  double rescale = 0;  ///< a factor; 0: none
  /// Changes an image after the transforms and before `rescale`; must keep its shape.
  std::function<Tensor(const Tensor&)> preprocessing_function = {};
  /// "channels_last" or "channels_first"; empty: as `config::image_data_format` says.
  std::string data_format = {};
  double validation_split = 0;
  int interpolation_order = 1;  ///< 0: the nearest pixel; 1: linear interpolation
  std::string dtype = {};       ///< of batches; empty: `config::floatx`
};

struct FlowOptions {
  std::int64_t batch_size = 32;
  bool shuffle = true;
  Tensor sample_weight = {};
  std::optional<std::int64_t> seed = {};
  std::string save_to_dir = {};  ///< a folder to write all images that come out to
  std::string save_prefix = {};
  std::string save_format = "png";
  bool ignore_class_split = false;  ///< subsets may have other classes
  std::string subset = {};          ///< "training" or "validation" of `validation_split`
};

struct FlowFromDirectoryOptions {
  std::vector<int> target_size = {256, 256};
  std::string color_mode = "rgb";  ///< "grayscale", "rgb" or "rgba"
  /// The folders' names; empty: all, in order.
  std::vector<std::string> classes = {};
  /// "categorical", "binary", "sparse", "input" or nothing.
  std::optional<std::string> class_mode = "categorical";
  std::int64_t batch_size = 32;
  bool shuffle = true;
  std::optional<std::int64_t> seed = {};
  std::string save_to_dir = {};
  std::string save_prefix = {};
  std::string save_format = "png";
  bool follow_links = false;
  std::string subset = {};
  std::string interpolation = "nearest";  ///< as of `utils::load_img`
  bool keep_aspect_ratio = false;
  /// What happens at an image that cannot be read: "raise" names the file and stops, "skip" leaves
  /// it out with a warning and counts it.
  std::string broken_images = "raise";
};

struct FlowFromDataframeOptions {
  std::string directory = {};  ///< what file names are relative to
  std::string x_col = "filename";
  /// One column; several with the class mode "multi_output" or "raw".
  std::vector<std::string> y_col = {"class"};
  std::string weight_col = {};
  std::vector<int> target_size = {256, 256};
  std::string color_mode = "rgb";
  std::vector<std::string> classes = {};
  /// "categorical", "binary", "sparse", "input", "multi_output", "raw" or nothing.
  std::optional<std::string> class_mode = "categorical";
  std::int64_t batch_size = 32;
  bool shuffle = true;
  std::optional<std::int64_t> seed = {};
  std::string save_to_dir = {};
  std::string save_prefix = {};
  std::string save_format = "png";
  std::string subset = {};
  std::string interpolation = "nearest";
  bool validate_filenames = true;  ///< leaves rows out whose file is not there
  bool keep_aspect_ratio = false;
  std::string broken_images = "raise";  ///< "raise" or "skip"
};

struct GeneratorFitOptions {
  bool augment = false;  ///< fit on transformed images
  int rounds = 1;        ///< how many transforms of each
  std::optional<std::int64_t> seed = {};
};

/// Batches of images, changed at random and scaled. Random numbers are NumPy's: with the same seed
/// the same transforms come as in Python. A handle; copies share what `fit` finds. Keras:
/// keras.preprocessing.image.ImageDataGenerator.
class ImageDataGenerator {
 public:
  /// Throws ValueError for names and numbers outside what an argument allows.
  explicit ImageDataGenerator(const ImageDataGeneratorOptions& options = {});

  /// Batches of the images x, of rank 4; further tensors of x go along unchanged. Throws ValueError
  /// where lengths differ, and where a subset lacks classes.
  Iterator flow(const Data& x, const FlowOptions& options = {}) const;
  Iterator flow(const Data& x, const Tensor& y, const FlowOptions& options = {}) const;
  /// Images from files, a folder for each class.
  Iterator flow_from_directory(const std::filesystem::path& directory,
                               const FlowFromDirectoryOptions& options = {}) const;
  /// Images from the files that a table in a CSV file names. Its first line has the columns' names.
  Iterator flow_from_dataframe(const std::filesystem::path& csv,
                               const FlowFromDataframeOptions& options = {}) const;

  /// Finds mean, deviation and whitening matrix in images of rank 4.
  void fit(const Tensor& x, const GeneratorFitOptions& options = {}) const;
  /// An image, or several, scaled as batches are.
  Tensor standardize(const Tensor& x) const;
  /// Parameters for an image of this shape. Without a seed the last one's numbers go on.
  TransformParameters get_random_transform(const Shape& img_shape,
                                           std::optional<std::int64_t> seed = {}) const;
  /// One image, of rank 3.
  Tensor apply_transform(const Tensor& x, const TransformParameters& parameters) const;
  Tensor random_transform(const Tensor& x, std::optional<std::int64_t> seed = {}) const;

  /// What `fit` found: (1, 1, channels) or (channels, 1, 1), and (values, values). Undefined
  /// before.
  Tensor mean() const;
  Tensor std() const;
  Tensor zca_whitening_matrix() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace keras::preprocessing::image
