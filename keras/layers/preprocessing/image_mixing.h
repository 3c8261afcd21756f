#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct MixUpOptions {
  double alpha = 0.2;  ///< of the beta distribution that shares are drawn from
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends each image of a batch with another one, in training: Zhang et al., "mixup: beyond
/// empirical risk minimization" (2017). Labels, (batch, classes), and masks are blended in the same
/// shares, and boxes with their labels are those of both, (batch, 2 n): `mix({.images = x, .labels
/// = y})`. Keras: keras.layers.MixUp.
class MixUp : public ImageLayer {
 public:
  /// Throws ValueError unless alpha is positive.
  explicit MixUp(MixUpOptions options = {});
  static MixUp from_config(const Config& config);
};

struct CutMixOptions {
  RandomRange factor = 1.0;
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Puts a part of another image into each one of a batch, in training: Yun et al., "CutMix" (2019).
/// So with masks; labels, (batch, classes), are mixed by its area: `mix({.images = x, .labels =
/// y})`. Bounding boxes are a ValueError, as there is no way to mix them. Keras:
/// keras.layers.CutMix.
class CutMix : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit CutMix(CutMixOptions options = {});
  static CutMix from_config(const Config& config);
};

struct RandAugmentOptions {
  std::array<double, 2> value_range = {0, 255};
  std::int64_t num_ops = 2;  ///< how many changes
  RandomRange factor = 0.5;  ///< how strong they are
  std::string interpolation = "bilinear";
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Changes a batch of images in some ways out of eleven, in training: Cubuk et al., "RandAugment"
/// (2019). Boxes and masks move with them. Keras: keras.layers.RandAugment.
class RandAugment : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit RandAugment(RandAugmentOptions options = {});
  static RandAugment from_config(const Config& config);
};

struct AugMixOptions {
  std::array<double, 2> value_range = {0, 255};
  std::int64_t num_chains = 3;
  std::int64_t chain_depth = 3;  ///< changes in a chain, at most
  RandomRange factor = 0.3;      ///< how strong they are
  double alpha = 1.0;            ///< of the distributions that shares are drawn from
  bool all_ops = true;           ///< whether colors are changed too
  std::string interpolation = "bilinear";
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::optional<std::string> bounding_box_format = {};  ///< of boxes, such as "xyxy"
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends a batch of images with several chains of changes to it, in training: Hendrycks et al.,
/// "AugMix" (2019). So with masks; boxes stay where they are. Keras: keras.layers.AugMix.
class AugMix : public ImageLayer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit AugMix(AugMixOptions options = {});
  static AugMix from_config(const Config& config);
};

}  // namespace keras::layers
