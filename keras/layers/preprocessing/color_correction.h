#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct SolarizationOptions {
  RandomRange addition_factor = 0.0;
  RandomRange threshold_factor = 0.0;
  std::array<double, 2> value_range = {0, 255};
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Adds up to 255 · `addition_factor` to the values of each image, and then takes those from 255
/// that are not below 255 · `threshold_factor`, in training. One number f means [0, f]. Keras:
/// keras.layers.Solarization.
class Solarization : public ImageLayer {
 public:
  /// Throws ValueError for factors outside [0, 1].
  explicit Solarization(SolarizationOptions options = {});
  static Solarization from_config(const Config& config);
};

struct AutoContrastOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Stretches each channel of each image to the whole of `value_range`, always. Keras:
/// keras.layers.AutoContrast.
class AutoContrast : public ImageLayer {
 public:
  explicit AutoContrast(AutoContrastOptions options = {});
  static AutoContrast from_config(const Config& config);
};

struct EqualizationOptions {
  std::array<double, 2> value_range = {0, 255};
  std::int64_t bins = 256;  ///< of the histogram
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Spreads the values of each channel, over all images of a batch, so that all are about as
/// frequent, in training. Keras: keras.layers.Equalization.
class Equalization : public ImageLayer {
 public:
  /// Throws ValueError for `bins` below 1.
  explicit Equalization(EqualizationOptions options = {});
  static Equalization from_config(const Config& config);
};

struct ContrastLimitedAdaptiveHistogramEqualizationOptions {
  std::array<double, 2> value_range = {0, 255};
  double clip_limit = 4.0;  ///< how many times the average a bin may hold; no limit at 0
  std::array<std::int64_t, 2> tile_grid_size = {8, 8};  ///< rows and columns of tiles
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Spreads the values of each channel by the histograms of the tiles around a pixel, always: K.
/// Zuiderveld, "Contrast limited adaptive histogram equalization" (1994). Keras:
/// keras.layers.ContrastLimitedAdaptiveHistogramEqualization.
class ContrastLimitedAdaptiveHistogramEqualization : public ImageLayer {
 public:
  /// Throws ValueError for a grid without tiles.
  explicit ContrastLimitedAdaptiveHistogramEqualization(
      ContrastLimitedAdaptiveHistogramEqualizationOptions options = {});
  static ContrastLimitedAdaptiveHistogramEqualization from_config(const Config& config);
};

}  // namespace keras::layers
