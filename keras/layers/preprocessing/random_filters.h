#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomSharpnessOptions {
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends each image with its blurred self, by 1 - 2 · factor, in training: 0 blurs, 0.5 leaves it,
/// 1 sharpens. One number f means [0, f]. Keras: keras.layers.RandomSharpness.
class RandomSharpness : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandomSharpness(RandomRange factor, RandomSharpnessOptions options = {});
  static RandomSharpness from_config(const Config& config);
};

struct RandomGaussianBlurOptions {
  RandomRange factor = 1.0;  ///< how probable it is; of one number f, drawn from [0, f]
  std::array<std::int64_t, 2> kernel_size = {3, 3};  ///< columns and rows, odd
  RandomRange sigma = 1.0;                           ///< one number s means [0, s]
  std::array<double, 2> value_range = {0, 255};
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blurs some images, in training. Keras: keras.layers.RandomGaussianBlur.
class RandomGaussianBlur : public ImageLayer {
 public:
  /// Throws ValueError for numbers outside [0, 1] and for even sizes.
  explicit RandomGaussianBlur(RandomGaussianBlurOptions options = {});
  static RandomGaussianBlur from_config(const Config& config);
};

struct RandomErasingOptions {
  RandomRange factor = 1.0;          ///< how probable it is; of one number f, drawn from [0, f]
  RandomRange scale = {0.02, 0.33};  ///< the square of the share of each side that is erased
  std::vector<double> fill_value =
      {};  ///< one number, or one for each channel; noise where there is none
  std::array<double, 2> value_range = {0, 255};
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Fills a rectangle of some images, in training: Zhong et al., "Random erasing data augmentation"
/// (2017). Keras: keras.layers.RandomErasing.
class RandomErasing : public ImageLayer {
 public:
  /// Throws ValueError for numbers outside [0, 1].
  explicit RandomErasing(RandomErasingOptions options = {});
  static RandomErasing from_config(const Config& config);
};

}  // namespace keras::layers
