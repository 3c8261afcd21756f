#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct RandomShearOptions {
  RandomRange x_factor = 0.0;
  RandomRange y_factor = 0.0;
  std::string interpolation = "bilinear";  ///< or "nearest"
  std::string fill_mode = "reflect";       ///< or "wrap", "constant", "nearest"
  double fill_value = 0.0;
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Moves each row to the side by a share of its place, and each column down, in training. One
/// number f means [-f, f]. Keras: keras.layers.RandomShear.
class RandomShear : public ImageLayer {
 public:
  /// Throws ValueError for factors outside [0, 1] and for unknown names.
  explicit RandomShear(RandomShearOptions options = {});
  static RandomShear from_config(const Config& config);
};

struct RandomPerspectiveOptions {
  RandomRange factor = 1.0;  ///< how probable it is; of one number f, drawn from [0, f]
  double scale = 1.0;        ///< how far the corners move: half of it, of their place, at most
  std::string interpolation = "bilinear";  ///< or "nearest"
  double fill_value = 0.0;
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Shows some images from elsewhere, in training. Keras: keras.layers.RandomPerspective.
class RandomPerspective : public ImageLayer {
 public:
  /// Throws ValueError for a factor or a scale outside [0, 1] and for unknown names.
  explicit RandomPerspective(RandomPerspectiveOptions options = {});
  static RandomPerspective from_config(const Config& config);
};

struct RandomElasticTransformOptions {
  RandomRange factor = 1.0;  ///< how probable it is; of one number f, drawn from [0, f]
  RandomRange scale = 1.0;   ///< how strong it is
  std::string interpolation = "bilinear";  ///< or "nearest"
  std::string fill_mode = "reflect";       ///< or "wrap", "constant", "nearest", "mirror"
  double fill_value = 0.0;
  std::array<double, 2> value_range = {0, 255};
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Shifts the pixels of some images at random, near ones alike, in training. Keras:
/// keras.layers.RandomElasticTransform.
class RandomElasticTransform : public ImageLayer {
 public:
  /// Throws ValueError for factors outside [0, 1] and for unknown names.
  explicit RandomElasticTransform(RandomElasticTransformOptions options = {});
  static RandomElasticTransform from_config(const Config& config);
};

}  // namespace keras::layers
