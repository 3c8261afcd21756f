#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "keras/layers/layer.h"
#include "keras/layers/preprocessing/labelled_images.h"
#include "keras/layers/preprocessing/random_range.h"

namespace keras::layers {

struct MixUpOptions {
  double alpha = 0.2;  ///< of the beta distribution that shares are drawn from
  std::string data_format = {};
  std::optional<std::int64_t> seed = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends each image of a batch with another one, in training: Zhang et al., "mixup: beyond
/// empirical risk minimization" (2017). Keras: keras.layers.MixUp.
class MixUp : public Layer {
 public:
  /// Throws ValueError unless alpha is positive.
  explicit MixUp(MixUpOptions options = {});
  using Layer::operator();
  /// The labels, (batch, classes), are mixed in the same shares: `mix({.images = x, .labels = y})`.
  /// Throws ValueError for labels of another shape and for bounding boxes.
  LabelledImages operator()(const LabelledImages& data, const CallOptions& options = {}) const;
  static MixUp from_config(const Config& config);
};

struct CutMixOptions {
  RandomRange factor = 1.0;
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Puts a part of another image into each one of a batch, in training: Yun et al., "CutMix" (2019).
/// Keras: keras.layers.CutMix.
class CutMix : public Layer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit CutMix(CutMixOptions options = {});
  using Layer::operator();
  /// The labels, (batch, classes), are mixed in the same shares: `mix({.images = x, .labels = y})`.
  /// Throws ValueError for labels of another shape and for bounding boxes.
  LabelledImages operator()(const LabelledImages& data, const CallOptions& options = {}) const;
  static CutMix from_config(const Config& config);
};

struct RandAugmentOptions {
  std::array<double, 2> value_range = {0, 255};
  std::int64_t num_ops = 2;  ///< how many changes
  RandomRange factor = 0.5;  ///< how strong they are
  std::string interpolation = "bilinear";
  std::optional<std::int64_t> seed = {};
  std::string data_format = {};
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Changes a batch of images in some ways out of eleven, in training: Cubuk et al., "RandAugment"
/// (2019). Keras: keras.layers.RandAugment.
class RandAugment : public Layer {
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
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

/// Blends a batch of images with several chains of changes to it, in training: Hendrycks et al.,
/// "AugMix" (2019). Keras: keras.layers.AugMix.
class AugMix : public Layer {
 public:
  /// Throws ValueError for a factor outside [0, 1].
  explicit AugMix(AugMixOptions options = {});
  static AugMix from_config(const Config& config);
};

}  // namespace keras::layers
