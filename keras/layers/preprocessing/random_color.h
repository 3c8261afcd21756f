#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomHueOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Turns the hue of each image by up to half of `factor` of the circle, either way, in training.
/// One number f means [0, f]. Keras: keras.layers.RandomHue.
class RandomHue : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandomHue(RandomRange factor, RandomHueOptions options = {});
  static RandomHue from_config(const Config& config);
};

struct RandomSaturationOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Multiplies the saturation of each image by f / (1 - f), in training: 0 takes the colors away,
/// 0.5 leaves them, 1 saturates them. One number f means [-f, f], of which the lower half takes the
/// colors away, too. Keras: keras.layers.RandomSaturation.
class RandomSaturation : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [-1, 1].
  explicit RandomSaturation(RandomRange factor, RandomSaturationOptions options = {});
  static RandomSaturation from_config(const Config& config);
};

struct RandomColorDegenerationOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends each image with its grays: 0 leaves it, 1 is gray; in training. One number f means
/// [-f, f]: below 0, colors become stronger. Keras: keras.layers.RandomColorDegeneration.
class RandomColorDegeneration : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [-1, 1].
  explicit RandomColorDegeneration(RandomRange factor, RandomColorDegenerationOptions options = {});
  static RandomColorDegeneration from_config(const Config& config);
};

struct RandomGrayscaleOptions {
  double factor = 0.5;  ///< the share of images that become gray
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Makes a share of the images gray, in training. Keras: keras.layers.RandomGrayscale.
class RandomGrayscale : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandomGrayscale(RandomGrayscaleOptions options = {});
  static RandomGrayscale from_config(const Config& config);
};

struct RandomInvertOptions {
  RandomRange factor = 1.0;  ///< how probable it is; of one number f, drawn from [0, f]
  std::array<double, 2> value_range = {0, 255};
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Takes the values of some images away from the largest one of `value_range`, in training. Keras:
/// keras.layers.RandomInvert.
class RandomInvert : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandomInvert(RandomInvertOptions options = {});
  static RandomInvert from_config(const Config& config);
};

struct RandomPosterizationOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Keeps the upper bits of each value: a number of them that is drawn from [smallest, largest) for
/// each image, in training. Keras: keras.layers.RandomPosterization.
class RandomPosterization : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [1, 8].
  explicit RandomPosterization(RandomRange factor, RandomPosterizationOptions options = {});
  static RandomPosterization from_config(const Config& config);
};

struct RandomColorJitterOptions {
  std::array<double, 2> value_range = {0, 255};
  std::optional<RandomRange> brightness_factor = {};  ///< as of RandomBrightness
  std::optional<RandomRange> contrast_factor = {};    ///< as of RandomContrast
  std::optional<RandomRange> saturation_factor = {};  ///< as of RandomSaturation
  std::optional<RandomRange> hue_factor = {};         ///< as of RandomHue
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Changes brightness, contrast, saturation and hue, those of them that have a factor, one after
/// the other, in training. Keras: keras.layers.RandomColorJitter.
class RandomColorJitter : public ImageLayer {
 public:
  /// Throws ValueError for factors outside the bounds of those layers.
  explicit RandomColorJitter(RandomColorJitterOptions options = {});
  static RandomColorJitter from_config(const Config& config);
};

}  // namespace keras::layers
